import { expect, test } from "vitest";
import { simulator } from "../../../backends/simulator/index.ts";
import { onTwoCores, smallNetwork } from "./hand-made.ts";

const program = onTwoCores(
  smallNetwork({ network: "n", input: "__proto__", hidden: "h\u2028", sum: "s", output: "o" }),
);

const files = (): Map<string, Uint8Array> =>
  new Map(
    simulator.write(program).map(({ path, bytes }) => [path, new Uint8Array(Buffer.concat([...bytes()]))]),
  );

const faults = (change: (files: Map<string, Uint8Array>) => void): readonly string[] => {
  const changed = files();
  change(changed);
  return simulator.validate(changed).map((d) => `${d.code} ${d.where.file}`);
};

test("what was written is accepted, and holds seven files", () => {
  expect(faults(() => {})).toEqual([]);
  expect([...files().keys()].sort()).toEqual([
    "network.js",
    "network.ts",
    "package.json",
    "program.bin",
    "program.json",
    "tsconfig.json",
    "weights.bin",
  ]);
});

test("a changed byte of any file is found", () => {
  for (const name of files().keys()) {
    for (const at of [0, 0.5, 1]) {
      const found = faults((all) => {
        const bytes = all.get(name);
        const i = Math.floor(at * ((bytes?.length ?? 1) - 1));
        if (bytes !== undefined) bytes[i] = (bytes[i] ?? 0) ^ 1;
      });
      // A byte of padding, or a list whose weights network.ts does not take from program.bin, changes nothing here.
      if (name === "program.bin") continue;
      expect([name, at, found.length > 0]).toEqual([name, at, true]);
    }
  }
});

test("a file that is cut or missing is named", () => {
  for (const name of files().keys()) {
    expect(faults((all) => all.delete(name)).join()).toContain(name);
    expect(
      faults((all) => all.set(name, (all.get(name) ?? new Uint8Array()).subarray(0, -1))).length,
    ).toBeGreaterThan(0);
  }
});
