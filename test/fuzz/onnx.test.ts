import { expect, test } from "vitest";
import { seeds } from "./onnx/seeds.ts";
import { judge, mutant, type Outcome } from "./onnx.ts";

const count = Number(process.env.SPIKEFOLD_FUZZ ?? 400);
const first = Number(process.env.SPIKEFOLD_FUZZ_FROM ?? 0);

test("every seed model but the one of all fields is imported", () => {
  const outcomes = seeds().map(judge);
  expect(outcomes.flatMap((outcome, i) => (outcome === "refused" ? [i] : []))).toEqual([6]);
});

test(`${count} changed models give a valid graph or a refusal`, () => {
  const outcomes: Record<Outcome, number> = { imported: 0, refused: 0 };
  const failures = new Map<string, number[]>();
  for (let seed = first; seed < first + count; seed++) {
    try {
      outcomes[judge(mutant(seed))]++;
    } catch (error) {
      const message =
        error instanceof Error
          ? `${error.message.slice(0, 200)}\n${(error.stack ?? "").split("\n").slice(1, 4).join("\n")}`
          : String(error);
      failures.set(message, [...(failures.get(message) ?? []), seed]);
    }
  }
  expect(
    [...failures].map(([message, list]) => `${list.length} x, seeds ${list.slice(0, 5)}: ${message}`),
  ).toEqual([]);
  // Both outcomes are common: the changes neither break every model nor leave every one as it was.
  expect(outcomes.refused).toBeGreaterThan(count / 10);
  expect(outcomes.imported).toBeGreaterThan(0);
});
