import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { nativeFiles } from "../../compiler/pipeline/index.ts";
import { residueOf as ours } from "../../compiler/pipeline/native/residues.ts";
import { residueOf } from "../../compiler/verify/native.ts";
import { verifyFolder } from "../../compiler/verify/verify.ts";
import { publish } from "../../runtime/files/index.ts";
import { twoNeurons } from "../cli/native-files.ts";
import { dt, randomNetwork } from "../native/random.ts";
import { compiled } from "../pipeline/native/support.ts";
import { forge } from "./small-build.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-verify-native-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const written = (name: string, build: Parameters<typeof nativeFiles>[0]): string => {
  const folder = join(scratch, name);
  publish(folder, nativeFiles(build), { producer: "test" });
  return folder;
};

const folder = written("two", compiled(twoNeurons(), { profile: "norse", dt: 1e-3 }));

/** Two files with the same bytes: the certificate has one hash for both, so both are forged. */
const twin = ["simulator/network.bin", "simulator/weights.bin"] as const;

const forged = (path: string, change: (bytes: Uint8Array) => Uint8Array): ReturnType<typeof verifyFolder> => {
  const copy = join(scratch, "copy");
  rmSync(copy, { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true });
  forge(copy, path, change);
  if (path === twin[0]) forge(copy, twin[1], change);
  return verifyFolder(copy);
};

const flipped = (at: number) => (bytes: Uint8Array) =>
  bytes.map((b, i) => (i === (at < 0 ? bytes.length + at : at) ? b ^ 1 : b));

test("native builds of random networks are accepted", () => {
  let turn = 0;
  fc.assert(
    fc.property(randomNetwork, (network) => {
      const verdict = verifyFolder(written(`random${turn++}`, compiled(network, { profile: "euler", dt })));
      expect(verdict.firstFailure).toBe(null);
    }),
    { numRuns: 25, seed: 4 },
  );
});

test("one changed bit of a parameter, of a weight or of the lists is found, whatever the hashes say", () => {
  expect(verifyFolder(folder).accepted).toBe(true);
  // The lowest bit of the first parameter; of a mantissa of the lists; a name of the network.
  expect(forged("simulator/network.bin", flipped(0)).firstFailure).toContain("network.json");
  expect(forged("simulator/program.bin", flipped(0)).firstFailure).toContain("network.json");
  const renamed = forged("simulator/network.json", (bytes) =>
    new TextEncoder().encode(new TextDecoder().decode(bytes).replace('"two"', '"too"')),
  );
  expect(renamed.firstFailure).toContain("not the one of network.json");
});

test("a synapse whose weight is off by its lowest bit is found by its sum", () => {
  // The lists end with the doubles of five synapses: a weight of 0 is none.
  const found = Array.from(
    { length: 40 },
    (_, i) => forged("simulator/program.bin", flipped(-1 - i)).firstFailure,
  );
  expect(new Set(found)).toEqual(
    new Set([0, 1].map((e) => `synapses into element ${e} of lif are not those of its projections`)),
  );
});

test("the checker's residues are those of the compiler, from its own code", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(residueOf(x)).toBe(ours(x));
    }),
  );
});
