import { conditionFaults } from "../diagnostics/option.ts";
import { combine, compare, isWhole, type Rational } from "../rational.ts";
import type { Condition, Value } from "../syntax.ts";
import { type Context, placeOf, report, sourceText } from "./context.ts";
import type { Constants, Item } from "./items.ts";

/** Where a condition is decided, and what computes its sides. */
export interface Deciding {
  readonly context: Context;
  readonly constants: Constants;
  readonly evaluate: (context: Context, constants: Constants, value: Value) => Item | null;
}

type Relation = Condition & { readonly kind: "relation" };

const numeric = (item: Item): Rational | null =>
  item.kind === "number" && item.unit === null ? item.value : null;

/** `divides(a, b)`: b is a whole multiple of a. */
const divides = ({ context, constants, evaluate }: Deciding, args: readonly Value[]): boolean | null => {
  const [a, b] = args.map((value) => evaluate(context, constants, value));
  if (a === undefined || b === undefined || a === null || b === null) return null;
  const [by, total] = [numeric(a), numeric(b)];
  if (by === null || total === null) {
    const item = by === null ? a : b;
    const text = sourceText(context, item.span);
    return report(context, conditionFaults.report("compare", placeOf(context, item.span), { text }));
  }
  const quotient = combine("/", total, by);
  return quotient !== null && isWhole(quotient);
};

const truthOf = (deciding: Deciding, item: Item): boolean | null => {
  const { context } = deciding;
  if (item.kind === "word" && item.args === null && (item.text === "true" || item.text === "false"))
    return item.text === "true";
  const values = item.kind === "word" && item.text === "divides" ? (item.args ?? []) : [];
  const args = values.flatMap(({ choices: [choice] }) => (choice === undefined ? [] : [choice.from]));
  if (args.length === 2) return divides(deciding, args);
  const text = sourceText(context, item.span);
  return report(context, conditionFaults.report("truth", placeOf(context, item.span), { text }));
};

const orders: Readonly<Record<string, (sign: number) => boolean>> = {
  "==": (sign) => sign === 0,
  "!=": (sign) => sign !== 0,
  "<": (sign) => sign < 0,
  "<=": (sign) => sign <= 0,
  ">": (sign) => sign > 0,
  ">=": (sign) => sign >= 0,
};

/** Words and texts are equal or not; they have no order. */
const named = (item: Item): string | null =>
  item.kind === "text" || (item.kind === "word" && item.args === null) ? item.text : null;

const compared = (deciding: Deciding, relation: Relation): boolean | null => {
  const { context, constants, evaluate } = deciding;
  const { left, right, span } = relation;
  const first = evaluate(context, constants, left);
  if (right === null) return first === null ? null : truthOf(deciding, first);
  const second = evaluate(context, constants, right.value);
  if (first === null || second === null) return null;
  const { text } = right.operator;
  const order = Object.hasOwn(orders, text) ? orders[text] : undefined;
  const [a, b] = [numeric(first), numeric(second)];
  if (order !== undefined && a !== null && b !== null) return order(compare(a, b));
  const [p, q] = [named(first), named(second)];
  if (order !== undefined && p !== null && q !== null && (text === "==" || text === "!="))
    return order(p === q ? 0 : 1);
  const holes = { text: sourceText(context, span) };
  return report(context, conditionFaults.report("compare", placeOf(context, span), holes));
};

/** Whether a condition holds; conditions are static. Null: a fault was reported. */
export const decide = (deciding: Deciding, condition: Condition): boolean | null => {
  if (condition.kind === "relation") {
    const truth = compared(deciding, condition);
    return truth === null ? null : truth !== condition.negated;
  }
  const stops = condition.kind === "or";
  for (const part of condition.parts) {
    const truth = decide(deciding, part);
    if (truth === null || truth === stops) return truth;
  }
  return !stops;
};
