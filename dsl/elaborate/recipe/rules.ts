import type { Span } from "../../../compiler/diagnostics/index.ts";
import { recipeFaults } from "../../diagnostics/recipe.ts";
import type { Call } from "../../syntax.ts";
import { lineAt, placeOf, report } from "../context.ts";
import { firstOption } from "../options.ts";
import type { Compiling } from "./compiling.ts";
import type { Named } from "./goal.ts";
import { metrics } from "./metrics.ts";
import type { Step } from "./recipe.ts";

/** Where steps stand, and why one cannot stand later than those of a higher rank; the others may stand anywhere. */
const order: Readonly<Record<string, readonly [rank: number, reason: string]>> = {
  calibrate: [0, "gives the samples that it reads"],
  eliminate: [1, "needs float weights"],
  fold: [1, "needs float weights and open batch norms"],
  equalize: [2, "needs float weights"],
  prune: [2, "needs float weights"],
  distill: [2, "needs float weights"],
  low_rank: [2, "needs float weights"],
  quantize: [3, "works on values, not on spikes"],
  convert: [4, "makes the neurons that it works on"],
  head: [5, "makes neurons that it places"],
  map: [6, ""],
};

/** Steps that may stand several times, each for stages of its own. */
const again: readonly string[] = ["eliminate", "prune", "distill", "low_rank"];

const isOfChannels = ({ path, args }: Call): boolean => {
  const [first] = firstOption(args, "what")?.choices ?? [];
  return path.text === "prune" && first?.from.kind === "call" && first.from.path.text === "channels";
};

/** What prunes channels needs what folding needs. */
const placeIn = (call: Call): readonly [rank: number, reason: string] =>
  order[isOfChannels(call) ? "fold" : call.path.text] ?? [-1, ""];

const isStepWord = (name: string): boolean =>
  Object.hasOwn(order, name) || name === "evaluate" || name === "search";

/** Steps that stand after one that has to follow them, or stand twice. */
export const checkOrder = ({ context }: Compiling, compile: Span, calls: readonly Call[]): void => {
  const head = lineAt(context, compile);
  /** The first call of each word, and of each rank: a section may have thousands of lines. */
  const ofWord = new Map<string, Call>();
  const ofRank = new Map<number, Call>();
  for (const call of calls) {
    const { text, span } = call.path;
    if (!isStepWord(text)) continue;
    const [rank, reason] = placeIn(call);
    const same = ofWord.get(text);
    if (same !== undefined && !again.includes(text)) {
      const holes = { step: text, line: lineAt(context, same.span) };
      report(context, recipeFaults.report("twice", placeOf(context, span), holes));
      continue;
    }
    const [, other] = [...ofRank].find(([before]) => rank >= 0 && before > rank) ?? [];
    if (same === undefined) ofWord.set(text, call);
    if (!ofRank.has(rank)) ofRank.set(rank, call);
    if (other === undefined) continue;
    const line = lineAt(context, other.span);
    // Above that step, but inside the braces.
    const to = Math.max(line - 1, head + 1);
    const holes = { step: text, other: other.path.text, line, reason, to };
    report(context, recipeFaults.report("order", placeOf(context, span), holes));
  }
};

/** Metrics that are measured on data need `evaluate`, some of them data with labels. */
export const checkMeasured = (
  { context, data }: Compiling,
  calls: readonly Call[],
  steps: readonly Step[],
  named: readonly Named[],
): void => {
  const evaluated = steps.find((step) => step.kind === "evaluate");
  // A step with faults of its own is there, but not known.
  if (evaluated === undefined && calls.some(({ path }) => path.text === "evaluate")) return;
  const labelled = [...data.values()].find((known) => known !== null && known.source.labels !== null);
  for (const { metric, span } of named) {
    const { needs } = metrics[metric];
    if (needs === "nothing") continue;
    if (evaluated !== undefined && (needs === "data" || evaluated.data.source.labels !== null)) continue;
    const name = evaluated?.data.name ?? labelled?.name ?? "test";
    const labels = needs === "labels" ? ", with a `data` that has `labels:`" : "";
    const added = `add \`evaluate(${name})\`${labels}`;
    const remedy = evaluated === undefined ? added : `give \`${name}\` its \`labels:\``;
    report(context, recipeFaults.report("evaluate", placeOf(context, span), { metric, remedy }));
  }
};
