import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { randomFrom } from "../../compiler/testing/index.ts";
import { verifyFolder } from "../../compiler/verify/verify.ts";
import { forge, writeSmallBuild } from "./small-build.ts";

const folder = writeSmallBuild();
afterAll(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const copy = (): string => {
  const fresh = `${folder}-copy`;
  rmSync(fresh, { recursive: true, force: true });
  cpSync(folder, fresh, { recursive: true });
  return fresh;
};

interface Part {
  readonly offset: number;
  readonly axons: number;
  readonly synapses: number;
  readonly slotBytes: number;
  readonly mantissaBytes: number;
}

const padded = (n: number): number => Math.ceil(n / 8) * 8;

/** Byte of the mantissa of a synapse of the first core. */
const mantissaAt = (target: string, synapse: number): number => {
  const file: { lists: { cores: Part[] } } = JSON.parse(
    readFileSync(join(folder, target, "program.json"), "utf8"),
  );
  const part = file.lists.cores[0];
  if (part === undefined) throw new Error("no core");
  const before = [2 * part.axons, 4 * part.axons, 4 * (part.axons + 1), part.slotBytes * part.synapses];
  return (
    part.offset +
    before.reduce((sum, n) => sum + padded(n), 0) +
    (synapse % part.synapses) * part.mantissaBytes
  );
};

test("a build of both chips is accepted", () => {
  const verdict = verifyFolder(folder);
  expect(verdict.firstFailure).toBe(null);
  expect(verdict.accepted).toBe(true);
  expect(verdict.obligations.filter((o) => o.id === "synapses-equal-layer").length).toBeGreaterThan(6);
});

test("one changed byte of any file is found by its hash", () => {
  for (const path of [
    "integer.json",
    "weights.bin",
    "loihi1/program.bin",
    "spinnaker1/routing_tables.json",
    "certificate.json",
  ]) {
    const damaged = copy();
    const bytes = readFileSync(join(damaged, path));
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    writeFileSync(join(damaged, path), bytes);
    expect(verifyFolder(damaged).accepted, path).toBe(false);
  }
});

test("a synapse that is one off is found on either chip, whatever the hashes say", () => {
  const random = randomFrom(5);
  for (const target of ["loihi1", "spinnaker1"]) {
    for (let n = 0; n < 25; n++) {
      const damaged = copy();
      const at = mantissaAt(target, random.between(0, 1e6));
      forge(damaged, `${target}/program.bin`, (bytes) => {
        bytes[at] = ((bytes[at] ?? 0) + 1) & 255;
        return bytes;
      });
      const verdict = verifyFolder(damaged);
      expect(verdict.accepted, `${target} byte ${at}`).toBe(false);
    }
  }
});

test("a threshold, a weight or a bias that is one off in an integer network is found", () => {
  const size = readFileSync(join(folder, "loihi1/integer.bin")).length;
  let rejected = 0;
  let changed = 0;
  for (let at = 0; at < size; at += 3) {
    const damaged = copy();
    const same = readFileSync(join(damaged, "loihi1/integer.bin"));
    forge(damaged, "loihi1/integer.bin", (bytes) => {
      bytes[at] = ((bytes[at] ?? 0) + 1) & 255;
      return bytes;
    });
    changed++;
    rejected += verifyFolder(damaged).accepted ? 0 : 1;
    expect(same.length).toBe(size);
  }
  // Bytes between weights are padding that nothing reads.
  expect(rejected).toBeGreaterThan(changed * 0.7);
});

test("a lane that fires at another step is found", () => {
  const damaged = copy();
  forge(damaged, "loihi1/program.json", (bytes) =>
    new TextEncoder().encode(new TextDecoder().decode(bytes).replace(/"start":3/, '"start":4')),
  );
  expect(verifyFolder(damaged).accepted).toBe(false);
});

test("a folder without a manifest is rejected, not crashed on", () => {
  const damaged = copy();
  rmSync(join(damaged, "manifest.json"));
  expect(verifyFolder(damaged).accepted).toBe(false);
});
