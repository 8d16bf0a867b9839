import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { simulator } from "../../../backends/simulator/index.ts";
import { writeSimulator } from "../../../backends/simulator/write.ts";
import { item, numbers } from "../../../compiler/ir/index.ts";
import { type NativeNetwork, native } from "../../../compiler/native/index.ts";
import { writeNpy } from "../../../runtime/files/index.ts";
import { denseStream, encodeStreams, openStreams } from "../../../runtime/spiking/index.ts";
import { dt, randomNetwork, width } from "../../native/random.ts";
import { list, one, single } from "../../native/support.ts";
import { compiled } from "../../pipeline/native/support.ts";
import { type Installed, installed } from "./installed.ts";

let place: Installed;

beforeAll(() => {
  place = installed();
}, 120_000);

afterAll(() => place.remove());

const steps = 12;
const fine = { code: 0, out: "", errors: "" };

const build = (network: NativeNetwork, options: Parameters<typeof compiled>[1] = {}) =>
  item(compiled(network, { profile: "euler", dt, ...options }).targets, 0);

const npy = (folder: string, name: string, shape: readonly number[], data: readonly number[]): string => {
  writeFileSync(join(folder, name), writeNpy({ shape, dtype: "f64", data: Float64Array.from(data) }));
  return name;
};

interface Printed {
  readonly outputs: readonly { readonly integers: readonly number[] }[];
  readonly spikes: readonly { readonly name: string; readonly count: number }[];
  readonly cost: { readonly steps: number };
}

const linesOf = (out: string): readonly Printed[] =>
  out
    .trimEnd()
    .split("\n")
    .map((line): Printed => JSON.parse(line));

test("programs of random networks type-check and send what the engine sends", () => {
  const networks = fc.sample(randomNetwork, { numRuns: 6, seed: 12 });
  const values = networks.map((_, n) =>
    Array.from({ length: 2 * steps * width }, (_, i) => ((i * (n + 3) * 7) % 5 === 0 ? 1 : 0)),
  );
  let spikes = 0;
  networks.forEach((network, n) => {
    const { program } = build(network);
    const folder = place.write(`random${n}`, writeSimulator(program));
    const data = item(values, n);
    const said = place.node(folder, ["network.js", npy(folder, "x.npy", [2, steps, width], data)]);
    expect(said.errors).toBe("");
    const runner = openStreams(program.network);
    linesOf(said.out).forEach((printed, sample) => {
      const own = Float64Array.from(data.slice(sample * steps * width, (sample + 1) * steps * width));
      const run = runner.run(new Map([["input", denseStream(numbers([steps, width], own))]]));
      expect(printed.outputs.map((o) => o.integers)).toEqual(
        [...run.outputs.values()].map((o) => [...o.data]),
      );
      expect(printed.spikes).toEqual([...run.counters.spikes].map(([name, count]) => ({ name, count })));
      expect(printed.cost.steps).toBe(steps);
      spikes += printed.spikes.reduce((sum, s) => sum + s.count, 0);
    });
  });
  expect(spikes).toBeGreaterThan(200);
  expect(place.tscAll(networks.map((_, n) => `random${n}`))).toEqual(fine);
});

const lif = native.leakyIntegrateAndFire(list(8 * dt, 8 * dt), { threshold: one(0.5) });

test("an input with a code takes values, and the program makes the stream of them", () => {
  const plain = single(lif, 2);
  const coded: NativeNetwork = {
    ...plain,
    nodes: plain.nodes.map((n) =>
      n.op.kind === "input"
        ? { ...n, op: native.input([2], { kind: "rate", peak: 1 / dt, time: 40 * dt, seed: 3 }) }
        : n,
    ),
  };
  const { program } = build(coded, { steps: 40 });
  const folder = place.write("coded", writeSimulator(program));
  const said = place.node(folder, ["network.js", "-"], "0.9 0.2");
  expect(said.errors).toBe("");
  const streams = encodeStreams(
    program.network,
    new Map([["input", numbers([2], Float64Array.of(0.9, 0.2))]]),
  );
  const wanted = openStreams(program.network).run(streams).counters;
  const [printed] = linesOf(said.out);
  expect(printed?.spikes).toEqual([...wanted.spikes].map(([name, count]) => ({ name, count })));
  expect(printed?.cost.steps).toBe(40);
  expect(place.tsc("coded")).toEqual(fine);
});

test("one sample may come without an axis of samples, and odd arrays are refused", () => {
  const { program } = build(single(lif, 2));
  const folder = place.write("plain", writeSimulator(program));
  const data = Array.from({ length: 2 * steps }, (_, i) => (i % 2 === 0 ? 1 : 0));
  const run = (shape: readonly number[]) =>
    place.node(folder, ["network.js", npy(folder, "x.npy", shape, data)]);
  const alone = run([steps, 2]);
  expect(linesOf(alone.out).length).toBe(1);
  expect(run([1, steps, 2]).out).toBe(alone.out);
  expect(run([2 * steps]).out).toBe(alone.out);
  expect(run([3, 8]).code).toBe(2);
  expect(run([3, 8]).errors).toContain("generated/input-shape");
});

test("what is written is what the checker writes again, and one changed byte is found", () => {
  const { program } = build(single(lif, 2));
  const files = new Map(
    writeSimulator(program).map((f) => [f.path, new Uint8Array(Buffer.concat([...f.bytes()]))]),
  );
  expect(simulator.validate(files)).toEqual([]);
  const script = files.get("network.js") ?? new Uint8Array();
  const changed = new Map([...files, ["network.js", script.map((b, i) => (i === 200 ? b ^ 1 : b))]]);
  expect(simulator.validate(changed).map((d) => d.code)).toEqual(["simulator/differs"]);
});
