import { expect, test } from "vitest";
import { checkSpk } from "../../dsl/index.ts";
import { memory } from "../dsl/support.ts";
import { count, outcomesOf } from "./cases.ts";
import { spkSeeds } from "./spk/seeds.ts";
import { examineSpk, mutateSpk } from "./spk.ts";

test("a third of the seeds are networks, and all of them can be read", () => {
  const seeds = spkSeeds();
  expect(seeds.filter((text) => examineSpk(text) === "accepted").length).toBeGreaterThan(seeds.length / 3);
  const stages = seeds
    .flatMap((text) => checkSpk("a.spk", text, memory()))
    .map(({ code }) => code.split("/")[0]);
  expect(stages).not.toContain("syntax");
});

test(`${count} changed programs give valid networks or messages with places`, () => {
  const outcomes = outcomesOf((seed) => examineSpk(mutateSpk(seed)));
  // Both outcomes are common: the changes neither break every program nor leave every one as it was.
  expect(outcomes.refused).toBeGreaterThan(count / 10);
  expect(outcomes.accepted).toBeGreaterThan(count / 50);
});
