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
export const checkOrder = ({ context }: Compiling, calls: readonly Call[]): void => {
  calls.forEach(({ path }, index) => {
    const rank = rankOf(path.text);
    const before = calls.slice(0, index);
    const same = before.find((call) => call.path.text === path.text);
    if (same !== undefined && (rank >= 0 || path.text === "evaluate")) {
      const holes = { step: path.text, line: lineAt(context, same.span) };
      report(context, recipeFaults.report("twice", placeOf(context, path.span), holes));
      return;
    }
    const other = rank < 0 ? undefined : before.find((call) => rankOf(call.path.text) > rank);
    if (other === undefined) return;
    const line = lineAt(context, other.span);
    const holes = {
      step: path.text,
      other: other.path.text,
      line,
      reason: order[rank]?.[1] ?? "",
      to: line - 1,
    };
    report(context, recipeFaults.report("order", placeOf(context, path.span), holes));
  });
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
