import { expect, test } from "vitest";
import { npyFuzzer, npzFuzzer } from "./arrays.ts";
import type { Fuzzer, Outcome } from "./fuzzer.ts";
import { netFuzzer, netSeeds, readNetFile } from "./net.ts";
import { nirFuzzer, nirSeeds, readNirFile } from "./nir.ts";

const count = Number(process.env.SPIKEFOLD_FUZZ ?? 250);
const first = Number(process.env.SPIKEFOLD_FUZZ_FROM ?? 0);

test("every seed is accepted as it is", () => {
  const outcomes = [...nirSeeds().map(readNirFile), ...netSeeds().map(readNetFile)];
  expect(outcomes).toEqual(outcomes.map(() => "accepted"));
});

test.each<readonly [string, () => Fuzzer]>([
  ["nir", nirFuzzer],
  ["net", netFuzzer],
  ["npy", npyFuzzer],
  ["npz", npzFuzzer],
])(`${count} changed files give a valid value or a refusal: %s`, (_, open) => {
  const { mutant, read } = open();
  const outcomes: Record<Outcome, number> = { accepted: 0, refused: 0 };
  for (let seed = first; seed < first + count; seed++) {
    try {
      outcomes[read(mutant(seed))]++;
    } catch (error) {
      throw new Error(`case ${seed}`, { cause: error });
    }
  }
  // Both outcomes are common: the changes neither break every file nor leave every one as it was.
  expect(outcomes.refused).toBeGreaterThan(count / 10);
  expect(outcomes.accepted).toBeGreaterThan(count / 20);
});
