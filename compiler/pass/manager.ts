import { violationsOf } from "../ir/index.ts";
import type { Graphs, LevelName } from "./graphs.ts";
import { levelTools } from "./levels.ts";
import type { Context } from "./pass.ts";
import type { Planned } from "./planned.ts";

/** A pass that broke an invariant of its level or its own contract: always a fault of the pass. */
export class BrokenPass extends Error {
  readonly pass: string;
  readonly faults: readonly string[];

  constructor(pass: string, faults: readonly string[]) {
    super(`pass ${pass} is broken: ${faults.join("; ")}`);
    this.name = "BrokenPass";
    this.pass = pass;
    this.faults = faults;
  }
}

/** One changing run of a pass, for a check of its contract. */
export interface Change<L extends LevelName> {
  readonly planned: Planned<L>;
  readonly before: Graphs[L];
  readonly after: Graphs[L];
  /** What a bounded pass stated; null when it stated none. */
  readonly bound: number | null;
  readonly context: Context;
}

/** Whether a contract held, in one sentence with the measured number. */
export interface Verdict {
  readonly holds: boolean;
  readonly says: string;
  readonly measured: number | null;
}

export type Verify<L extends LevelName> = (change: Change<L>) => Verdict;

/** What one pass did. */
export interface PassReport {
  readonly pass: string;
  readonly milliseconds: number;
  readonly changed: boolean;
  readonly figures: ReadonlyMap<string, number>;
  readonly bound: number | null;
  /** Null when the contract was not checked. */
  readonly verdict: Verdict | null;
}

export interface PassRun<L extends LevelName> {
  readonly graph: Graphs[L];
  readonly reports: readonly PassReport[];
  /** True when `stopAfter` ended the run. */
  readonly stopped: boolean;
}

export interface RunOptions<L extends LevelName> {
  /** Everything of the context but what the manager itself collects. */
  readonly context: Omit<Context, "bound" | "measure">;
  /** Milliseconds from any origin; the only source of time. */
  readonly clock: () => number;
  readonly skip?: readonly string[];
  readonly stopAfter?: string | null;
  readonly dumpAfter?: readonly string[];
  /** Gets the printed graph after each pass named in `dumpAfter`. */
  readonly dump?: (pass: string, text: string) => void;
  /** Checks the contract of each pass that changed the graph. */
  readonly verify?: Verify<L> | null;
  /** Called before each pass: passes done, passes in all. */
  readonly progress?: (pass: string, done: number, total: number) => void;
}

interface Step<L extends LevelName> {
  readonly graph: Graphs[L];
  readonly report: PassReport;
}

const runOne = <L extends LevelName>(
  planned: Planned<L>,
  before: Graphs[L],
  options: RunOptions<L>,
): Step<L> => {
  const figures = new Map<string, number>();
  let bound: number | null = null;
  const context: Context = {
    ...options.context,
    measure: (name, value) => figures.set(name, value),
    bound: (value) => {
      bound = value;
    },
  };
  const start = options.clock();
  const after = planned.run(before, context);
  const milliseconds = options.clock() - start;
  // A pass returns the very graph that it was given when it has nothing to do.
  const changed = after !== before;
  const verdict = changed
    ? checked({ planned, before, after, bound, context }, options.verify ?? null)
    : null;
  return { graph: after, report: { pass: planned.name, milliseconds, changed, figures, bound, verdict } };
};

/** Throws BrokenPass when the result breaks its level or the contract. */
const checked = <L extends LevelName>(change: Change<L>, verify: Verify<L> | null): Verdict | null => {
  const { pass } = change.planned;
  const violations = violationsOf(levelTools[pass.level].invariants, change.after);
  if (violations.length > 0) throw new BrokenPass(pass.name, violations);
  const verdict = verify?.(change) ?? null;
  if (verdict !== null && !verdict.holds) throw new BrokenPass(pass.name, [verdict.says]);
  return verdict;
};

/**
 * Runs passes of one level in order. Every changed graph is verified; a DAG holds no dead nodes, so nothing is
 * swept. Throws BrokenPass, and Rejected where a pass refuses the user's network.
 */
export const runPasses = <L extends LevelName>(
  planned: readonly Planned<L>[],
  graph: Graphs[L],
  options: RunOptions<L>,
): PassRun<L> => {
  const reports: PassReport[] = [];
  const todo = planned.filter(({ name }) => !(options.skip ?? []).includes(name));
  let current = graph;
  for (const next of todo) {
    options.progress?.(next.name, reports.length, todo.length);
    const step = runOne(next, current, options);
    current = step.graph;
    reports.push(step.report);
    if ((options.dumpAfter ?? []).includes(next.name))
      options.dump?.(next.name, levelTools[next.pass.level].print(current));
    if (options.stopAfter === next.name) return { graph: current, reports, stopped: true };
  }
  return { graph: current, reports, stopped: false };
};
