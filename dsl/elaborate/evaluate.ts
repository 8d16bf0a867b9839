import type { Span } from "../../compiler/diagnostics/index.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { numberFaults, unitFaults } from "../diagnostics/option.ts";
import { combine, negate, type Rational, rational, whole } from "../rational.ts";
import type { Argument, Call, Name, Value } from "../syntax.ts";
import { type Context, placeOf, report, reportLater, sourceText } from "./context.ts";
import { meant } from "./suggest.ts";

/** What a value is before an option says which kind it wants. */
export type Item =
  | { readonly kind: "number"; readonly value: Rational; readonly unit: Name | null; readonly span: Span }
  | { readonly kind: "size"; readonly extents: readonly number[]; readonly span: Span }
  | { readonly kind: "text"; readonly text: string; readonly span: Span }
  | {
      readonly kind: "word";
      readonly text: string;
      readonly args: readonly Argument[] | null;
      readonly span: Span;
    }
  | { readonly kind: "list"; readonly items: readonly Item[]; readonly span: Span };

/** Constants by name; null for one whose line could not be read. */
export type Constants = ReadonlyMap<string, Item | null>;

type Operation = (...values: readonly Rational[]) => Rational | null;

const floor = ({ n, d }: Rational): Rational => rational(n / d - (n < 0n && n % d !== 0n ? 1n : 0n));

const least = (a: Rational, b: Rational): Rational => (a.n * b.d <= b.n * a.d ? a : b);

const functions: Readonly<Record<string, { readonly count: number; readonly of: Operation }>> = {
  floor: { count: 1, of: (x = whole(0)) => floor(x) },
  ceil: { count: 1, of: (x = whole(0)) => negate(floor(negate(x))) },
  min: { count: 2, of: (a = whole(0), b = whole(0)) => least(a, b) },
  max: { count: 2, of: (a = whole(0), b = whole(0)) => negate(least(negate(a), negate(b))) },
  round_to: {
    count: 2,
    of: (x = whole(0), multiple = whole(1)) => {
      const steps = combine("/", x, multiple);
      const half = steps === null ? null : combine("+", steps, rational(1n, 2n));
      return half === null ? null : combine("*", floor(half), multiple);
    },
  },
};

/** True for `floor` and its like: calls that make numbers. */
export const isFunction = (name: string): boolean => Object.hasOwn(functions, name);

const kindNames: Readonly<Record<Item["kind"], string>> = {
  number: "a number",
  size: "a size",
  text: "a text",
  word: "a word",
  list: "a list",
};

export const describe = (item: Item): string => kindNames[item.kind];

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

const isOperator = (text: string): text is "+" | "-" | "*" | "/" =>
  text === "+" || text === "-" || text === "*" || text === "/";

const arithmetic = (
  context: Context,
  constants: Constants,
  value: Value & { readonly kind: "arithmetic" },
): Item | null => {
  let result = numberOf(context, constants, value.first);
  for (const term of value.rest) {
    const next = numberOf(context, constants, term.value);
    if (result === null || next === null || !isOperator(term.operator.text)) return null;
    result = combine(term.operator.text, result, next);
    if (result === null) return noResult(context, value.span);
  }
  return result === null ? null : { kind: "number", value: result, unit: null, span: value.span };
};

const noResult = (context: Context, span: Span): null =>
  report(context, numberFaults.report("result", placeOf(context, span), { text: sourceText(context, span) }));

/** `floor(x)` and its like; any other call is left to the option that reads it. */
const called = (context: Context, constants: Constants, call: Call): Item | null => {
  const { path, args, span } = call;
  const name = path.text;
  if (args === null && constants.has(name)) return constants.get(name) ?? null;
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined || args === null || args.length !== known.count)
    return { kind: "word", text: name, args, span };
  const values = args.map(({ choices: [choice] }) =>
    choice === undefined ? null : numberOf(context, constants, choice.from),
  );
  const given = values.filter((x) => x !== null);
  if (given.length < known.count) return null;
  const result = known.of(...given);
  return result === null ? noResult(context, span) : { kind: "number", value: result, unit: null, span };
};

const negated = (
  context: Context,
  constants: Constants,
  value: Value & { readonly kind: "negate" },
): Item | null => {
  const item = evaluate(context, constants, value.of);
  if (item === null) return null;
  if (item.kind === "number") return { ...item, value: negate(item.value), span: value.span };
  const holes = { text: sourceText(context, item.span), found: describe(item) };
  return report(context, numberFaults.report("kind", placeOf(context, item.span), holes));
};

const wordAt = (context: Context, span: Span): Name => ({ text: sourceText(context, span), span });

/** Computes a value as far as no option is needed to know what it means. Null: a fault was reported. */
export const evaluate = (context: Context, constants: Constants, value: Value): Item | null => {
  switch (value.kind) {
    case "quantity":
      return { kind: "number", value: value.value, unit: value.unit, span: value.span };
    case "size":
    case "text":
      return value;
    case "call":
      return called(context, constants, value);
    case "negate":
      return negated(context, constants, value);
    case "arithmetic":
      return arithmetic(context, constants, value);
    case "list": {
      const items = value.items.map((item) => evaluate(context, constants, item));
      const known = items.filter((item) => item !== null);
      return known.length < items.length ? null : { kind: "list", items: known, span: value.span };
    }
    case "group": {
      const [only] = value.items;
      if (only !== undefined && value.items.length === 1) return evaluate(context, constants, only);
      return reportLater(context, wordAt(context, value.span));
    }
    case "ratio":
    case "pipe":
    case "if":
      return reportLater(context, wordAt(context, value.span));
  }
};
