import type { Diagnostic, Span } from "../../../compiler/diagnostics/index.ts";
import { nameFaults } from "../../diagnostics/name.ts";
import { recipeFaults } from "../../diagnostics/recipe.ts";
import type { Require } from "../../syntax.ts";
import { placeOf, report, sourceText } from "../context.ts";
import { evaluate } from "../evaluate.ts";
import type { Item } from "../items.ts";
import { readItem } from "../options.ts";
import { meant } from "../suggest.ts";
import type { Compiling } from "./compiling.ts";
import { builtMetrics, isMetric, metricNames, metrics } from "./metrics.ts";
import type { Metric, Requirement } from "./recipe.ts";

const relations = ["<", "<=", "==", ">=", ">"] as const;

const metricOf = ({ context }: Compiling, item: Item): Metric | null => {
  if (item.kind !== "word" || item.args !== null) {
    return report(context, recipeFaults.report("require", placeOf(context, item.span), {}));
  }
  if (isMetric(item.text)) return item.text;
  const holes = { name: item.text, remedy: meant(item.text, metricNames) };
  return report(context, nameFaults.report("metric", placeOf(context, item.span), holes));
};

interface ReadRequirement {
  readonly requirement: Requirement;
  readonly refused: readonly Diagnostic[];
}

const notMeasured = ({ context }: Compiling, metric: Metric, span: Span): Diagnostic =>
  recipeFaults.report("metric", placeOf(context, span), { metric, known: builtMetrics.join(", ") });

/** Reads `require metric relation limit`. Null: a fault was reported. */
export const readRequirement = (
  compiling: Compiling,
  { condition, span }: Require,
): ReadRequirement | null => {
  const { context, constants } = compiling;
  if (condition.kind !== "relation" || condition.negated || condition.right === null) {
    return report(context, recipeFaults.report("require", placeOf(context, condition.span), {}));
  }
  const left = evaluate(context, constants, condition.left);
  const right = evaluate(context, constants, condition.right.value);
  if (left === null || right === null) return null;
  const metric = metricOf(compiling, left);
  const { operator } = condition.right;
  const relation = relations.find((sign) => sign === operator.text);
  if (metric === null) return null;
  if (relation === undefined)
    return report(context, recipeFaults.report("require", placeOf(context, operator.span), {}));
  const options = { context, owner: "require", at: span, given: new Map() };
  const limit = readItem(options, metric, metrics[metric].limit, right);
  if (limit === null) return null;
  const text = sourceText(context, condition.span);
  return {
    requirement: { metric, relation, limit, text, span: left.span },
    refused: metrics[metric].built ? [] : [notMeasured(compiling, metric, left.span)],
  };
};
