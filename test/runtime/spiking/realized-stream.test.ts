import fc from "fast-check";
import { expect, test } from "vitest";
import { Rejected } from "../../../compiler/diagnostics/index.ts";
import { clock, type IntegerGraph, item, type Numbers } from "../../../compiler/ir/index.ts";
import { type RealizedBuild, realizeIntegers } from "../../../compiler/realize/realize.ts";
import type { Target } from "../../../compiler/target/index.ts";
import { inputsOf, integerGraphs, type Mode, modes } from "../../../compiler/testing/index.ts";
import { type IntegerRun, runInteger } from "../../../runtime/integer/index.ts";
import { type Inputs, type SampleRun, streamSpikingLevels } from "../../../runtime/spiking/index.ts";
import { testTargets } from "../../realize/cells.ts";

const levelsOf = (graph: IntegerGraph, run: IntegerRun): Inputs =>
  new Map(graph.inputs.map((input): readonly [string, Numbers] => [input.attrs.name, run.at(input)]));

/** Null where the target cannot hold the network. */
const realized = (graph: IntegerGraph, target: Target): RealizedBuild | null => {
  try {
    return realizeIntegers(graph, target);
  } catch (error) {
    if (error instanceof Rejected) return null;
    throw error;
  }
};

/** Every value of a sample that differs from the integer network. */
const differences = (build: RealizedBuild, wanted: IntegerRun, found: SampleRun): readonly string[] =>
  [...build.pairs].flatMap(([node, id]) => {
    const seen = found.at(id).data;
    return wanted.at(node).data.every((n, i) => n === seen[i])
      ? []
      : [`${id} is ${seen}, not ${wanted.at(node).data}`];
  });

const samplesPerGraph = 6;

/** What is wrong with a stream of samples through a realized network. */
const streamed = (
  graph: IntegerGraph,
  build: RealizedBuild,
  seed: number,
  style: Mode,
): readonly string[] => {
  const wanted = Array.from({ length: samplesPerGraph }, (_, n) =>
    runInteger(graph, inputsOf(graph, seed + n, style).inputs),
  );
  const levels = wanted.map((run) => levelsOf(graph, run));
  const run = streamSpikingLevels(build.realized.network, levels);
  const found = [...run.samples];
  const { wraps, saturations } = run.counters();
  return [
    ...(found.length === samplesPerGraph ? [] : [`${found.length} samples came out`]),
    ...(wraps + saturations === 0 ? [] : [`${wraps} wraps, ${saturations} saturations`]),
    ...found.flatMap((sample, n) =>
      differences(build, item(wanted, n), sample).map((d) => `sample ${n}: ${d}`),
    ),
  ];
};

test.each(testTargets)(
  "samples that follow each other through $name cells equal the integer network at every neuron",
  (target) => {
    let compared = 0;
    fc.assert(
      fc.property(integerGraphs(), fc.nat(99), fc.constantFrom(...modes), (graph, seed, style) => {
        try {
          const build = realizeIntegers(graph, target);
          expect(streamed(graph, build, seed, style)).toEqual([]);
          compared += samplesPerGraph;
        } catch (error) {
          if (!(error instanceof Rejected)) throw error;
        }
      }),
      { numRuns: 150 },
    );
    expect(compared).toBeGreaterThan(300);
  },
);

test("samples that enter too early disturb each other on cells that keep a rest", () => {
  const [target] = testTargets;
  if (target === undefined) throw new Error("no target");
  const result = fc.check(
    fc.property(integerGraphs(), fc.nat(99), fc.constantFrom(...modes), (graph, seed, style) => {
      const build = realized(graph, target);
      if (build === null) return true;
      const { network } = build.realized;
      const schedule = clock(1, { interval: 1 });
      const hasty: RealizedBuild = {
        ...build,
        realized: { ...build.realized, network: { ...network, schedule } },
      };
      return streamed(graph, hasty, seed, style).length === 0;
    }),
    { numRuns: 1000, endOnFailure: true },
  );
  expect(result.failed).toBe(true);
});
