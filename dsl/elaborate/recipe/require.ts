import { nameFaults } from "../../diagnostics/name.ts";
import { recipeFaults } from "../../diagnostics/recipe.ts";
import type { Require } from "../../syntax.ts";
import { placeOf, report, sourceText } from "../context.ts";
import { evaluate } from "../evaluate.ts";
import type { Item } from "../items.ts";
import { type Kind, measured, real } from "../kinds.ts";
import { readItem } from "../options.ts";
import { meant } from "../suggest.ts";
import type { Compiling } from "./compiling.ts";
import type { Metric, Requirement } from "./recipe.ts";

const shareOf = measured("share", "98%");
const memoryOf = measured("memory", "64 KiB");

/** How the limit of each metric is written. */
const metrics: Readonly<Record<Metric, Kind<number>>> = {
  accuracy: shareOf,
  agreement: shareOf,
  drop: shareOf,
  cores: real,
  chips: real,
  neurons: real,
  synapses: real,
  spikes: real,
  steps: real,
  parameters: real,
  macs: real,
  memory: memoryOf,
  core_memory: memoryOf,
  energy: measured("energy", "50 uJ"),
  power: measured("power", "5 mW"),
  latency: measured("time", "20 ms"),
  throughput: measured("frequency", "100 Hz"),
};

const isMetric = (name: string): name is Metric => Object.hasOwn(metrics, name);

const relations = ["<", "<=", "==", ">=", ">"] as const;

const metricOf = ({ context }: Compiling, item: Item): Metric | null => {
  if (item.kind !== "word" || item.args !== null) {
    return report(context, recipeFaults.report("require", placeOf(context, item.span), {}));
  }
  if (isMetric(item.text)) return item.text;
  const holes = { name: item.text, remedy: meant(item.text, Object.keys(metrics)) };
  return report(context, nameFaults.report("metric", placeOf(context, item.span), holes));
};

/** Reads `require metric relation limit`. Null: a fault was reported. */
export const readRequirement = (compiling: Compiling, { condition, span }: Require): Requirement | null => {
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
  const limit = readItem(options, metric, metrics[metric], right);
  return limit === null
    ? null
    : { metric, relation, limit, text: sourceText(context, condition.span), span: left.span };
};
