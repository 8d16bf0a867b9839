import { nameFaults } from "../diagnostics/name.ts";
import type { Name } from "../syntax.ts";
import type { Body } from "./body.ts";
import { placeOf, report } from "./context.ts";
import { takeCounted, takeName } from "./stages.ts";

/**
 * The path of a stage: its own name, or its word and the next free number. In a block or loop without a name, names
 * are counted like words, because the next use has them again.
 */
export const stageName = (body: Body, label: Name | null, word: string): string => {
  const { level, exact } = body;
  if (label === null) return takeCounted(level, word);
  if (!exact) return takeCounted(level, label.text);
  const path = takeName(level, label.text);
  if (path !== null) return path;
  if (!body.locals.has(label.text)) {
    const remedy = "another stage was counted to this name: choose another one";
    const holes = { name: label.text, remedy };
    report(body.context, nameFaults.report("twice", placeOf(body.context, label.span), holes));
  }
  return `${level.prefix}${label.text}`;
};
