import type { Span } from "../../../compiler/diagnostics/index.ts";
import { recipeFaults } from "../../diagnostics/recipe.ts";
import type { Call } from "../../syntax.ts";
import { lineAt, placeOf, report } from "../context.ts";
import type { Compiling } from "./compiling.ts";
import type { Requirement, Step } from "./recipe.ts";

/** The order of the steps, and why a step cannot stand later; `evaluate` may stand anywhere. */
const order: readonly (readonly [string, string])[] = [
  ["calibrate", "gives the samples that it reads"],
  ["fold", "needs float weights and open batch norms"],
  ["quantize", "works on values, not on spikes"],
  ["convert", ""],
];

const rankOf = (name: string): number => order.findIndex(([step]) => step === name);

/** Steps that stand after one that has to follow them, or stand twice. */
export const checkOrder = ({ context }: Compiling, compile: Span, calls: readonly Call[]): void => {
  const head = lineAt(context, compile);
  const seen = new Map<string, Call>();
  for (const call of calls) {
    const { text, span } = call.path;
    const rank = rankOf(text);
    if (rank < 0 && text !== "evaluate") continue;
    const where = placeOf(context, span);
    const same = seen.get(text);
    if (same !== undefined) {
      report(context, recipeFaults.report("twice", where, { step: text, line: lineAt(context, same.span) }));
      continue;
    }
    const other = [...seen.values()].find((before) => rank >= 0 && rankOf(before.path.text) > rank);
    seen.set(text, call);
    if (other === undefined) continue;
    const line = lineAt(context, other.span);
    // Above that step, but inside the braces.
    const to = Math.max(line - 1, head + 1);
    const holes = { step: text, other: other.path.text, line, reason: order[rank]?.[1] ?? "", to };
    report(context, recipeFaults.report("order", where, holes));
  }
};

const needsLabels = (metric: string): boolean => metric === "accuracy" || metric === "drop";

/** Accuracy needs data with labels, agreement any data. */
export const checkMeasured = (
  { context, data }: Compiling,
  calls: readonly Call[],
  steps: readonly Step[],
  requirements: readonly Requirement[],
): void => {
  const evaluated = steps.find((step) => step.kind === "evaluate");
  // A step with faults of its own is there, but not known.
  if (evaluated === undefined && calls.some(({ path }) => path.text === "evaluate")) return;
  const labelled = [...data.values()].find((known) => known !== null && known.source.labels !== null);
  for (const { metric, span } of requirements) {
    if (!needsLabels(metric) && metric !== "agreement") continue;
    if (evaluated !== undefined && (!needsLabels(metric) || evaluated.data.source.labels !== null)) continue;
    const name = evaluated?.data.name ?? labelled?.name ?? "test";
    const added = `add \`evaluate(${name})\`, with a \`data\` that has \`labels:\``;
    const remedy = evaluated === undefined ? added : `give \`${name}\` its \`labels:\``;
    report(context, recipeFaults.report("evaluate", placeOf(context, span), { metric, remedy }));
  }
};
