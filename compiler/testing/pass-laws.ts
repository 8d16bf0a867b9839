import fc from "fast-check";
import type { Graphs } from "../pass/graphs.ts";
import { levelTools } from "../pass/levels.ts";
import { runPasses } from "../pass/manager.ts";
import type { Context, Pass } from "../pass/pass.ts";
import { planFrom } from "../pass/planned.ts";
import { dataOf, type GeneratedLevel, type LevelKit, levelKits, testContext } from "./level-kits.ts";

/** A fact that holds for every correct pass; `check` throws with a shrunk counterexample when it does not. */
export interface Law {
  readonly name: string;
  readonly check: () => void;
}

export interface LawOptions<L extends GeneratedLevel> {
  /** Called with each law: the `test` of any test runner. Laws are returned in any case. */
  readonly test?: (name: string, check: () => void) => void;
  /** Options of the pass; those with a fallback may be left out. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** Networks to try; default all that the level's generator makes. */
  readonly graphs?: fc.Arbitrary<Graphs[L]>;
  /** Networks per law; default 100. */
  readonly runs?: number;
  /** Seed of the generators; default 1, so that a test that passed passes again. */
  readonly seed?: number;
  /** Parts of the context to replace: targets, a report function. */
  readonly context?: Partial<Context>;
}

const demand = (holds: boolean, says: () => string): void => {
  if (!holds) throw new Error(says());
};

/** A pass, bound to its options and a context. */
interface Bench<L extends GeneratedLevel> {
  readonly kit: LevelKit<L>;
  readonly run: (graph: Graphs[L]) => Graphs[L];
  readonly verified: (graph: Graphs[L]) => void;
  readonly print: (graph: Graphs[L]) => string;
}

const benchOf = <L extends GeneratedLevel>(pass: Pass<L>, options: LawOptions<L>): Bench<L> => {
  const kit: LevelKit<L> = levelKits[pass.level];
  const planned = planFrom(pass, options.args ?? {});
  const contextOf = (graph: Graphs[L]): Context => ({
    ...testContext(dataOf(kit.samples(graph))),
    ...options.context,
  });
  return {
    kit,
    run: (graph) => planned.run(graph, contextOf(graph)),
    verified: (graph) => {
      runPasses([planned], graph, { context: contextOf(graph), clock: () => 0, verify: kit.verify });
    },
    print: levelTools[pass.level].print,
  };
};

type Check<L extends GeneratedLevel> = (graph: Graphs[L], bench: Bench<L>) => void;

const repeats = <L extends GeneratedLevel>(graph: Graphs[L], { run, print }: Bench<L>): void => {
  const [first, second] = [run(graph), run(graph)];
  demand(print(first) === print(second), () => `two runs gave two texts:\n${print(first)}\n${print(second)}`);
};

const saysWhenItChanged = <L extends GeneratedLevel>(graph: Graphs[L], { run, print }: Bench<L>): void => {
  const after = run(graph);
  demand((after === graph) === (print(after) === print(graph)), () => "a new graph has the old text");
};

const settles = <L extends GeneratedLevel>(graph: Graphs[L], { run, print }: Bench<L>): void => {
  const once = run(graph);
  const twice = run(once);
  demand(once === twice, () => `a second run changed the graph again:\n${print(once)}\n${print(twice)}`);
};

const keepsOrigins = <L extends GeneratedLevel>(graph: Graphs[L], { run, kit, print }: Bench<L>): void => {
  const known = new Set(kit.nodes(graph).flatMap(({ origins }) => origins));
  const after = run(graph);
  const wrong = kit.nodes(after).flatMap(({ origins }) => origins.filter((name) => !known.has(name)));
  demand(wrong.length === 0, () => `${wrong.join(", ")} is no origin of the network:\n${print(after)}`);
};

const keepsPorts = <L extends GeneratedLevel>(graph: Graphs[L], { run, kit, print }: Bench<L>): void => {
  const after = run(graph);
  const [old, now] = [graph, after].map((g) => JSON.stringify(kit.ports(g)));
  demand(old === now, () => `inputs and outputs were ${old}, are ${now}:\n${print(after)}`);
};

/** Unknown ops: as many as before, each with its origins. They may not be joined, dropped or fused. */
const keepsUnknown = <L extends GeneratedLevel>(graph: Graphs[L], bench: Bench<L>): void => {
  const opaque = (g: Graphs[L]): string =>
    JSON.stringify(
      bench.kit
        .nodes(g)
        .filter(({ op }) => op === "opaque")
        .map(({ origins }) => origins.join("+"))
        .sort(),
    );
  bench.verified(graph);
  const after = bench.run(graph);
  demand(opaque(after) === opaque(graph), () => `unknown ops changed:\n${bench.print(after)}`);
};

/**
 * The laws of a pass: its level's invariants and its contract hold, it repeats itself, it gives back the very
 * graph when it changed nothing, it settles when declared idempotent, and it keeps origins, inputs, outputs and
 * unknown ops. Pass `test` of a test runner to register them.
 */
export const passLaws = <L extends GeneratedLevel>(
  pass: Pass<L>,
  options: LawOptions<L> = {},
): readonly Law[] => {
  const bench = benchOf(pass, options);
  const law = (says: string, graphs: fc.Arbitrary<Graphs[L]> | null, check: Check<L>): readonly Law[] => {
    if (graphs === null) return [];
    const parameters = { numRuns: options.runs ?? 100, seed: options.seed ?? 1 };
    const property = fc.property(graphs, (graph) => check(graph, bench));
    return [{ name: `${pass.name} ${says}`, check: () => fc.assert(property, parameters) }];
  };
  const graphs = options.graphs ?? bench.kit.graphs;
  const laws = [
    ...law(`keeps the invariants of its level and its contract (${pass.contract.kind})`, graphs, (graph) =>
      bench.verified(graph),
    ),
    ...law("gives the same text twice", graphs, repeats),
    ...law("gives back the very graph when it changed nothing", graphs, saysWhenItChanged),
    ...law("changes nothing a second time", pass.idempotent ? graphs : null, settles),
    ...law("keeps origins", graphs, keepsOrigins),
    ...law("keeps inputs and outputs", graphs, keepsPorts),
    ...law("leaves unknown ops alone", bench.kit.unknown, keepsUnknown),
  ];
  for (const { name, check } of laws) options.test?.(name, check);
  return laws;
};
