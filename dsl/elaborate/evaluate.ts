import type { Span } from "../../compiler/diagnostics/index.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { numberFaults, unitFaults } from "../diagnostics/option.ts";
import { combine, isSign, negate, type Rational } from "../rational.ts";
import type { Call, Condition, Quantity, Value } from "../syntax.ts";
import { allKnown } from "./all-known.ts";
import { decide } from "./condition.ts";
import { type Context, placeOf, report, sourceText } from "./context.ts";
import { functionNamed } from "./functions.ts";
import { type Constants, describe, type Item, numberItem, standsForStage } from "./items.ts";
import { meant } from "./suggest.ts";
import { knownUnits } from "./units.ts";

/** A number without a unit, or null (reported). */
export const numberOf = (context: Context, constants: Constants, value: Value): Rational | null => {
  const item = evaluate(context, constants, value);
  if (item === null) return null;
  if (item.kind === "number" && item.unit === null) return item.value;
  const where = placeOf(context, item.span);
  const text = sourceText(context, item.span);
  if (item.kind === "number") return report(context, unitFaults.report("arithmetic", where, {}));
  if (item.kind === "word" && item.args === null) {
    return report(
      context,
      nameFaults.report("value", where, { name: text, remedy: meant(item.text, [...constants.keys()]) }),
    );
  }
  return report(context, numberFaults.report("kind", where, { text, found: describe(item) }));
};

const arithmetic = (
  context: Context,
  constants: Constants,
  value: Value & { readonly kind: "arithmetic" },
): Item | null => {
  let result = numberOf(context, constants, value.first);
  for (const term of value.rest) {
    const next = numberOf(context, constants, term.value);
    if (result === null || next === null || !isSign(term.operator.text)) return null;
    result = combine(term.operator.text, result, next);
    if (result === null) return noResult(context, value.span);
  }
  if (result === null) return null;
  return { ...numberItem(result, value.span), working: { value, within: constants } };
};

const noResult = (context: Context, span: Span): null =>
  report(context, numberFaults.report("result", placeOf(context, span), { text: sourceText(context, span) }));

/** `floor(x)` and its like; any other call is left to the option that reads it. */
const called = (context: Context, constants: Constants, call: Call): Item | null => {
  const { path, args, span } = call;
  const name = path.text;
  const item = constants.get(name);
  if (args === null && item !== undefined) return item;
  // Of a layer's name, `a()` is `a`: what stands for a name is never another name.
  if (args?.length === 0 && item && (item.kind === "word" || standsForStage(item))) return item;
  const known = functionNamed(name);
  if (known === undefined || args === null || args.length !== known.count)
    return { kind: "word", text: name, args, within: constants, span };
  const values = args.map(({ choices: [choice] }) =>
    choice === undefined ? null : numberOf(context, constants, choice.from),
  );
  const given = allKnown(values);
  if (given === null) return null;
  const result = known.of(...given);
  return result === null ? noResult(context, span) : numberItem(result, span);
};

const negated = (
  context: Context,
  constants: Constants,
  value: Value & { readonly kind: "negate" },
): Item | null => {
  const item = evaluate(context, constants, value.of);
  if (item === null) return null;
  if (item.kind === "number") return { ...item, value: negate(item.value), working: null, span: value.span };
  const holes = { text: sourceText(context, item.span), found: describe(item) };
  return report(context, numberFaults.report("kind", placeOf(context, item.span), holes));
};

const listed = (
  context: Context,
  constants: Constants,
  values: readonly Value[],
  span: Span,
): Item | null => {
  const items = allKnown(values.map((value) => evaluate(context, constants, value)));
  return items === null ? null : { kind: "list", items, span };
};

const chosen = (
  context: Context,
  constants: Constants,
  value: Value & { readonly kind: "if" },
): Item | null => {
  const branch = branchOf(context, constants, value);
  return branch === null ? null : evaluate(context, constants, branch);
};

/** Whether a condition holds. Null: a fault was reported. */
export const holds = (context: Context, constants: Constants, condition: Condition): boolean | null =>
  decide({ context, constants, evaluate }, condition);

/** The branch of an `if` that its conditions choose. Null: a fault was reported. */
export const branchOf = (
  context: Context,
  constants: Constants,
  { branches, otherwise }: Value & { readonly kind: "if" },
): Value | null => {
  for (const { condition, value } of branches) {
    const truth = holds(context, constants, condition);
    if (truth === null) return null;
    if (truth) return value;
  }
  return otherwise;
};

const quantity = (context: Context, { value, unit, span }: Quantity): Item | null => {
  if (unit === null || knownUnits.includes(unit.text)) return numberItem(value, span, unit);
  const holes = { unit: unit.text, remedy: meant(unit.text, knownUnits) };
  return report(context, unitFaults.report("unknown", placeOf(context, unit.span), holes));
};

/** Computes a value as far as no option is needed to know what it means. Null: a fault was reported. */
export const evaluate = (context: Context, constants: Constants, value: Value): Item | null => {
  switch (value.kind) {
    case "quantity":
      return quantity(context, value);
    case "size":
    case "text":
    case "ratio":
      return value;
    case "call":
      return called(context, constants, value);
    case "negate":
      return negated(context, constants, value);
    case "arithmetic":
      return arithmetic(context, constants, value);
    case "list":
      return listed(context, constants, value.items, value.span);
    case "group": {
      const [only] = value.items;
      if (only !== undefined && value.items.length === 1) return evaluate(context, constants, only);
      return listed(context, constants, value.items, value.span);
    }
    case "if":
      return chosen(context, constants, value);
    case "pipe": {
      const holes = { text: sourceText(context, value.span), found: "a pipe" };
      return report(context, numberFaults.report("kind", placeOf(context, value.span), holes));
    }
  }
};
