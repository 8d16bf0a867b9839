import type { Span } from "../../compiler/diagnostics/index.ts";
import { optionFaults, rangeFaults, unitFaults } from "../diagnostics/option.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import { compare, isWhole, type Rational, showRational } from "../rational.ts";
import type { Argument, Name, Value } from "../syntax.ts";
import { type Context, placeOf, report, reportLater, sourceText } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import type { Constants, Item, NumberItem } from "./items.ts";
import type { Kind } from "./kinds.ts";
import { partOf } from "./part.ts";
import { closest, list } from "./suggest.ts";
import { exampleOf, inBase, saysOf, unitsOf } from "./units.ts";

/** The options of a layer, source or step, as the language has them. */
export interface Signature {
  /** The word in messages. */
  readonly owner: string;
  /** Options that may stand without their name, in this order. */
  readonly positional: readonly string[];
  /** Options that are named, in the order in which messages list them. */
  readonly named: readonly string[];
  /** Those of them that this version does not build. */
  readonly later: readonly string[];
}

export const signature = (
  owner: string,
  positional: readonly string[],
  named: readonly string[] = [],
  later: readonly string[] = [],
): Signature => ({ owner, positional, named, later });

/** One of several values, or all from one to another. */
export interface GivenChoice {
  readonly from: Item;
  readonly to: Item | null;
}

export interface Given {
  /** Null: the choice is open. */
  readonly item: Item | null;
  readonly choices: readonly GivenChoice[];
  readonly span: Span;
  /** As written, with the unit that holds for all; for messages. */
  readonly spoken: string;
}

/** The arguments of one call, matched to their options. */
export interface Options {
  readonly context: Context;
  readonly owner: string;
  readonly at: Span;
  readonly given: ReadonlyMap<string, Given>;
  /** Takes an open choice, of which the first one is read; left out: an open choice is a fault. */
  readonly onOpen?: ((option: string, given: Given) => unknown) | undefined;
}

const names = ({ positional, named }: Signature): readonly string[] => [
  ...positional.filter((name) => !named.includes(name)),
  ...named,
];

/** Options as a message lists them: without the first positional one, which nobody names. */
const spoken = (of: Signature): string => list(names(of).slice(of.positional.length > 1 ? 1 : 0));

const unknownRemedy = (of: Signature, name: string): string => {
  const near = closest(name, names(of));
  const all = spoken(of);
  if (all === "") return "write it without options";
  return near === null ? `its options are ${all}` : `did you mean \`${near}\`? (${all})`;
};

const valuesOf = ({ choices }: Argument): readonly Value[] =>
  choices.flatMap(({ from, to }) => (to === null ? [from] : [from, to]));

/** The unit that stands behind the last choice holds for all. */
const commonUnit = (argument: Argument): Name | null => {
  const last = valuesOf(argument).at(-1);
  return last?.kind === "quantity" ? last.unit : null;
};

/** The choices of an open argument, as they would be written alone. */
const spokenChoices = (context: Context, argument: Argument): string => {
  const unit = commonUnit(argument);
  const quoted = (value: Value): string => {
    const text = sourceText(context, value.span);
    return value.kind === "quantity" && value.unit === null && unit !== null
      ? `\`${text} ${unit.text}\``
      : `\`${text}\``;
  };
  const each = argument.choices.map(({ from, to }) =>
    to === null ? quoted(from) : `one from ${quoted(from)} to ${quoted(to)}`,
  );
  return each.join(" or ");
};

const withUnit = (item: Item | null, unit: Name | null): Item | null =>
  item?.kind === "number" && item.unit === null && unit !== null ? { ...item, unit } : item;

const givenOf = (context: Context, constants: Constants, argument: Argument): Given | null => {
  const [first] = argument.choices;
  if (first === undefined) return null;
  const { span } = argument;
  if (argument.choices.length === 1 && first.to === null) {
    const item = evaluate(context, constants, first.from);
    if (item === null) return null;
    // What a block was given is shown where it was given.
    const at = item.span.file === span.file ? span : item.span;
    return { item, choices: [{ from: item, to: null }], span: at, spoken: "" };
  }
  const unit = commonUnit(argument);
  const read = (value: Value): Item | null => withUnit(evaluate(context, constants, value), unit);
  const choices: GivenChoice[] = [];
  for (const { from, to } of argument.choices) {
    const low = read(from);
    const high = to === null ? null : read(to);
    if (low === null || (to !== null && high === null)) return null;
    choices.push({ from: low, to: high });
  }
  return { item: null, choices, span, spoken: spokenChoices(context, argument) };
};

/** The option an argument is for; null (reported) when there is none. */
const optionOf = (context: Context, of: Signature, argument: Argument, index: number): string | null => {
  const { owner, positional } = of;
  if (argument.name === null) {
    const option = positional[index];
    if (option !== undefined) return option;
    const most = positional.length === 1 ? "1 value" : `${positional.length} values`;
    const next = names(of)[positional.length];
    const remedy =
      next === undefined
        ? "leave it out"
        : `write its name, for example \`${next}: ${sourceText(context, argument.span)}\``;
    return report(
      context,
      optionFaults.report("position", placeOf(context, argument.span), { owner, most, remedy }),
    );
  }
  const { text, span } = argument.name;
  if (of.later.includes(text)) return reportLater(context, argument.name, "leave it out");
  if (names(of).includes(text)) return text;
  const holes = { owner, name: text, remedy: unknownRemedy(of, text) };
  return report(context, optionFaults.report("unknown", placeOf(context, span), holes));
};

/** The argument for the first option of a call: in front without its name, or anywhere with it. */
export const firstOption = (args: readonly Argument[] | null, option: string): Argument | undefined =>
  args?.find(({ name }, index) => (name === null ? index === 0 : name.text === option));

/** Matches arguments to options. Null when one of them was refused; all that are wrong are reported. */
export const matchOptions = (
  context: Context,
  constants: Constants,
  of: Signature,
  args: readonly Argument[],
  at: Span,
  onOpen?: Options["onOpen"],
): Options | null => {
  const given = new Map<string, Given>();
  let fine = true;
  args.forEach((argument, index) => {
    const option = optionOf(context, of, argument, index);
    const value = option === null ? null : givenOf(context, constants, argument);
    if (option === null || value === null) fine = false;
    else if (given.has(option)) {
      fine = false;
      report(
        context,
        optionFaults.report("twice", placeOf(context, argument.span), { owner: of.owner, name: option }),
      );
    } else given.set(option, value);
  });
  return fine ? { context, owner: of.owner, at, given, onOpen } : null;
};

/** A number whose unit is missing or measures something else; false when the fault is another one. */
const reportUnit = <T>({ context }: Options, name: string, kind: Kind<T>, item: Item): boolean => {
  if (kind.dimension === null || item.kind !== "number") return false;
  const says = saysOf(kind.dimension);
  const where = placeOf(context, item.span);
  const { value, unit } = item;
  if (unit === null) {
    const number = showRational(value);
    const example = exampleOf(kind.dimension, value, number);
    report(context, unitFaults.report("missing", where, { name, says, number, example }));
    return true;
  }
  if (inBase(kind.dimension, value, unit.text) !== null) return false;
  report(
    context,
    unitFaults.report("wrong", where, {
      name,
      says,
      unit: unit.text,
      units: unitsOf(kind.dimension).join(", "),
    }),
  );
  return true;
};

const reportPart = <T>({ context, owner }: Options, name: string, kind: Kind<T>, item: Item): boolean => {
  if (!kind.whole || item.kind !== "number" || item.unit !== null || isWhole(item.value)) return false;
  const { text, remedy } = partOf(context, owner, item);
  const noun = name === "units" || name === "channels" ? ` ${name}` : ", not a whole number";
  const holes = { text, value: `${showRational(item.value)}${noun}`, remedy };
  report(context, shapeFaults.report("whole", placeOf(context, item.span), holes));
  return true;
};

/** Reads one item as a kind; null (reported) when it does not fit. */
export const readItem = <T>(options: Options, name: string, kind: Kind<T>, item: Item): T | null => {
  const value = kind.read(item);
  if (value !== null || reportUnit(options, name, kind, item) || reportPart(options, name, kind, item))
    return value;
  const { context, owner } = options;
  const holes = { owner, name, says: kind.says, remedy: `write for example \`${kind.example}\`` };
  return report(context, optionFaults.report("type", placeOf(context, item.span), holes));
};

/** In the base unit, where the number has one: 900 KiB are less than 2 MiB. */
const inBaseUnit = <T>({ dimension }: Kind<T>, { value, unit }: NumberItem): Rational =>
  (dimension === null || unit === null ? null : inBase(dimension, value, unit.text)) ?? value;

/** False (reported) for a range that does not go up, and for one of words. */
const isRange = <T>({ context }: Options, kind: Kind<T>, { from, to }: GivenChoice, span: Span): boolean => {
  if (to === null) return true;
  const where = placeOf(context, span);
  const holes = { text: sourceText(context, span) };
  if (from.kind !== "number" || to.kind !== "number") {
    report(context, rangeFaults.report("kind", where, holes));
    return false;
  }
  if (compare(inBaseUnit(kind, from), inBaseUnit(kind, to)) < 0) return true;
  report(context, rangeFaults.report("order", where, holes));
  return false;
};

/** Reads every choice; the first one stands for all. */
const readChoices = <T>(
  options: Options,
  name: string,
  kind: Kind<T>,
  { choices, span }: Given,
): T | null => {
  const read = choices.flatMap(({ from, to }) =>
    [from, to].flatMap((item) => (item === null ? [] : [readItem(options, name, kind, item)])),
  );
  const [first = null] = read;
  if (read.includes(null)) return null;
  return choices.every((choice) => isRange(options, kind, choice, span)) ? first : null;
};

const readGiven = <T>(options: Options, name: string, kind: Kind<T>, given: Given): T | null => {
  if (given.item !== null) return readItem(options, name, kind, given.item);
  if (options.onOpen !== undefined) {
    const first = readChoices(options, name, kind, given);
    if (first !== null) options.onOpen(name, given);
    return first;
  }
  const { context } = options;
  const holes = { text: sourceText(context, given.span), choices: given.spoken };
  return report(context, optionFaults.report("open", placeOf(context, given.span), holes));
};

/** An option that must be there. Null: a fault was reported. */
export const required = <T>(options: Options, name: string, kind: Kind<T>): T | null => {
  const { context, owner, at } = options;
  const given = options.given.get(name);
  if (given !== undefined) return readGiven(options, name, kind, given);
  const holes = { owner, name, says: kind.says, example: `${name}: ${kind.example}` };
  return report(context, optionFaults.report("missing", placeOf(context, at), holes));
};

/** An option with a default. Null: a fault was reported, or null is the default. */
export const optional = <T>(options: Options, name: string, kind: Kind<T>, fallback: T | null): T | null => {
  const given = options.given.get(name);
  return given === undefined ? fallback : readGiven(options, name, kind, given);
};

/** The item of an option, or null where it is not given or open. */
export const itemOfOption = (options: Options, name: string): Item | null =>
  options.given.get(name)?.item ?? null;

/** Place of an option, or null when it is left to its default. */
export const spanOfOption = (options: Options, name: string): Span | null =>
  options.given.get(name)?.span ?? null;
