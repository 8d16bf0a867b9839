import { expect, test } from "vitest";
import { npyFuzzer, npzFuzzer } from "./arrays.ts";
import { count, outcomesOf } from "./cases.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { netFuzzer, netSeeds, readNetFile } from "./net.ts";
import { nirFuzzer, nirSeeds, readNirFile } from "./nir.ts";

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
  const outcomes = outcomesOf((seed) => read(mutant(seed)));
  // Both outcomes are common: the changes neither break every file nor leave every one as it was.
  expect(outcomes.refused).toBeGreaterThan(count / 10);
  expect(outcomes.accepted).toBeGreaterThan(count / 20);
});
