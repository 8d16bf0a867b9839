import type { Span } from "../../../compiler/diagnostics/index.ts";
import {
  item as at,
  type Shape,
  sameShape,
  showShape,
  type Weight,
  weight,
} from "../../../compiler/ir/core/index.ts";
import { parameterFaults } from "../../diagnostics/parameter.ts";
import { placeOf, report, sourceText } from "../context.ts";
import { evaluate } from "../evaluate.ts";
import type { Start } from "../init.ts";
import { initOf, initWords, isInitItem } from "../initial.ts";
import type { Item, WordItem } from "../items.ts";
import { itemOfOption, spanOfOption } from "../options.ts";
import { fromWeights, parameter, type Site } from "./layer.ts";

/** A matrix with rows and columns exchanged. */
export const transposed = (name: string, of: Weight): Weight => {
  const [rows, columns] = [at(of.shape, 0), at(of.shape, 1)];
  const data = (): Float64Array => {
    const from = of.stored();
    return Float64Array.from(from, (_, i) => at(from, (i % rows) * columns + Math.floor(i / rows)));
  };
  return weight({ name, shape: [columns, rows], dtype: of.dtype, data });
};

const wrongShape = (site: Site, item: Item, found: Shape, needs: Shape): null => {
  const holes = {
    text: sourceText(site.context, item.span),
    found: showShape(found),
    stage: site.stage,
    needs: showShape(needs),
  };
  return report(site.context, parameterFaults.report("shape", placeOf(site.context, item.span), holes));
};

const isTransposed = (item: WordItem): boolean => item.text === "transpose" && item.args?.length === 1;

/** `transpose(w)` of a `param` of two axes. */
const transposeOf = (site: Site, role: string, item: WordItem, shape: Shape): Weight | null => {
  const { context } = site;
  const [argument] = item.args ?? [];
  const [choice] = argument?.choices ?? [];
  const of = choice === undefined ? null : evaluate(context, item.within, choice.from);
  if (of === null) return null;
  if (of.kind !== "param" || of.weight.shape.length !== 2) {
    const text = sourceText(context, item.span);
    return report(context, parameterFaults.report("transpose", placeOf(context, item.span), { text }));
  }
  const turned = [...of.weight.shape].reverse();
  if (!sameShape(turned, shape)) return wrongShape(site, item, turned, shape);
  const name = `${of.name} transposed`;
  const make = (given: readonly Weight[]): Weight => transposed(name, at(given, 0));
  return parameter(site, role, shape, { kind: "derived", from: [of.weight], base: null, make });
};

const unreadable = (site: Site, name: string, span: Span): null => {
  const { context, options } = site;
  const holes = { name, owner: options.owner, words: initWords.join(", ") };
  return report(context, parameterFaults.report("value", placeOf(context, span), holes));
};

/**
 * The tensor of an option: a `param`, `transpose(w)`, an init such as `zeros`, or `stored`, which is the default and
 * stands for the weights of the network. Null: a fault was reported.
 */
export const givenWeight = (
  site: Site,
  option: string,
  role: string,
  shape: Shape,
  start: Start,
): Weight | null => {
  const stored = (): Weight => parameter(site, role, shape, fromWeights(start));
  const item = itemOfOption(site.options, option);
  if (item === null) {
    const open = spanOfOption(site.options, option);
    return open === null ? stored() : unreadable(site, option, open);
  }
  if (item.kind === "param")
    return sameShape(item.weight.shape, shape)
      ? item.weight
      : wrongShape(site, item, item.weight.shape, shape);
  if (item.kind !== "word") return unreadable(site, option, item.span);
  if (isTransposed(item)) return transposeOf(site, role, item, shape);
  if (item.text === "stored" && item.args === null) return stored();
  if (!isInitItem(item)) return unreadable(site, option, item.span);
  const init = initOf(site.context, item);
  return init === null ? null : parameter(site, role, shape, { kind: "init", init, fans: start.fans });
};

/** True where an option says `none`. */
export const isNone = (site: Site, option: string): boolean => {
  const item = itemOfOption(site.options, option);
  return item?.kind === "word" && item.text === "none" && item.args === null;
};

/** As `givenWeight`; null also where the option is `none`. */
export const givenOrNone = (
  site: Site,
  option: string,
  role: string,
  shape: Shape,
  start: Start,
): Weight | null => (isNone(site, option) ? null : givenWeight(site, option, role, shape, start));
