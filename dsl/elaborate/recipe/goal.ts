import type { Diagnostic, Span } from "../../../compiler/diagnostics/index.ts";
import { languageFaults } from "../../diagnostics/language.ts";
import { nameFaults } from "../../diagnostics/name.ts";
import type { Goal } from "../../syntax.ts";
import { placeOf, report } from "../context.ts";
import { meant } from "../suggest.ts";
import type { Compiling } from "./compiling.ts";
import { isMetric, metricNames } from "./metrics.ts";
import type { Metric } from "./recipe.ts";

/** A metric where a section names it. */
export interface Named {
  readonly metric: Metric;
  readonly span: Span;
}

interface ReadGoal {
  readonly named: readonly Named[];
  readonly refused: readonly Diagnostic[];
}

/** Reads `minimize` or `maximize` with its metrics: what a search looks for. */
export const readGoal = ({ context }: Compiling, { word, metrics }: Goal): ReadGoal => {
  const named = metrics.flatMap(({ text, span }): readonly Named[] => {
    if (isMetric(text)) return [{ metric: text, span }];
    const holes = { name: text, remedy: meant(text, metricNames) };
    report(context, nameFaults.report("metric", placeOf(context, span), holes));
    return [];
  });
  const holes = { word: word.text, remedy: "leave it out: goals belong to `search`" };
  return { named, refused: [languageFaults.report("later", placeOf(context, word.span), holes)] };
};
