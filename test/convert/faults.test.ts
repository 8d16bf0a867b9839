import fc from "fast-check";
import { expect, test } from "vitest";
import { type ConversionMode, conversionModes } from "../../compiler/convert/index.ts";
import { integerGraphs, modes } from "../../compiler/testing/index.ts";
import { type Changes, disagreement } from "./agreement.ts";
import { faults, lateCarrier } from "./faults.ts";

/** How many of 1,000 networks it takes to see a difference; null when none shows it. */
const firstSeen = (mode: ConversionMode, changes: Changes): number | null => {
  const result = fc.check(
    fc.property(integerGraphs(), fc.nat(99), fc.constantFrom(...modes), (graph, seed, style) => {
      return disagreement(graph, mode, seed, style, changes) === null;
    }),
    { numRuns: 1000, endOnFailure: true },
  );
  return result.failed ? result.numRuns : null;
};

const cases = conversionModes.flatMap((mode) =>
  Object.entries(faults)
    // A payload carries the whole level at once: nothing is taken back.
    .filter(([fault]) => fault !== "a wrong reset" || mode.name !== "exact.graded")
    .map(([fault, changes]) => ({ mode, fault, changes, name: mode.name })),
);

test.each(cases)("$name: $fault is found", ({ mode, changes }) => {
  expect(firstSeen(mode, changes)).not.toBeNull();
});

const phased = conversionModes.filter(({ theorem }) => theorem === "B");

test.each(phased)("$name goes wrong when messages arrive, but cross the barrier of their phase", (mode) => {
  const carrier = lateCarrier(1);
  const result = fc.check(
    fc.property(integerGraphs(), fc.nat(99), fc.constantFrom(...modes), (graph, seed, style) => {
      const right = disagreement(graph, mode, seed, style, { options: { carrier } }) === null;
      // A message that never arrived would prove nothing about lateness.
      return right || carrier.held() > 0;
    }),
    { numRuns: 1000, endOnFailure: true },
  );
  expect(result.failed).toBe(true);
});
