import { expect, test } from "vitest";
import { checkSpk } from "../../dsl/index.ts";
import { memory } from "../dsl/support.ts";
import type { Outcome } from "./fuzzer.ts";
import { spkSeeds } from "./spk/seeds.ts";
import { examineSpk, mutateSpk } from "./spk.ts";

const count = Number(process.env.SPIKEFOLD_FUZZ ?? 250);
const first = Number(process.env.SPIKEFOLD_FUZZ_FROM ?? 0);

test("a third of the seeds are networks, and all of them can be read", () => {
  const seeds = spkSeeds();
  expect(seeds.filter((text) => examineSpk(text) === "accepted").length).toBeGreaterThan(seeds.length / 3);
  const stages = seeds
    .flatMap((text) => checkSpk("a.spk", text, memory()))
    .map(({ code }) => code.split("/")[0]);
  expect(stages).not.toContain("syntax");
});

test(`${count} changed programs give valid networks or messages with places`, () => {
  const outcomes: Record<Outcome, number> = { accepted: 0, refused: 0 };
  for (let seed = first; seed < first + count; seed++) {
    try {
      outcomes[examineSpk(mutateSpk(seed))]++;
    } catch (error) {
      throw new Error(`case ${seed}`, { cause: error });
    }
  }
  // Both outcomes are common: the changes neither break every program nor leave every one as it was.
  expect(outcomes.refused).toBeGreaterThan(count / 10);
  expect(outcomes.accepted).toBeGreaterThan(count / 50);
});
