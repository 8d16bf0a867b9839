import type { Origin } from "../../diagnostics/index.ts";
import { isList, isStruct, isWord, type Tree, word as wordTree } from "./tree.ts";
import type { Weight } from "./weight.ts";

/** A tree that does not fit its schema; the path says which attribute. */
export class SchemaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SchemaError";
  }
}

/** Labels given to weights at print time. */
export interface Labels {
  readonly weight: (w: Weight) => string;
}

/** Weights by the label they have in a text or file. */
export interface Source {
  readonly weight: (label: string) => Weight;
}

/** One attribute kind: checked, printed and parsed by the same value. */
export interface Attr<T> {
  readonly says: string;
  is(value: unknown): value is T;
  toTree(value: T, labels: Labels): Tree;
  fromTree(tree: Tree, from: Source): T;
}

/** An attribute that may be left out. */
export interface Defaulted<T> extends Attr<T> {
  readonly fallback: T;
}

export type Infer<A> = A extends Attr<infer T> ? T : never;

export type Fields = Readonly<Record<string, Attr<unknown>>>;

export type Values<F extends Fields> = { readonly [K in keyof F]: Infer<F[K]> };

type Optional<F extends Fields> = { [K in keyof F]: F[K] extends Defaulted<unknown> ? K : never }[keyof F];

/** What a builder asks for: attributes with a fallback may be left out. */
export type Args<F extends Fields> = { readonly [K in Exclude<keyof F, Optional<F>>]: Infer<F[K]> } & {
  readonly [K in Optional<F>]?: Infer<F[K]>;
};

const refuse = (says: string, tree: Tree): never => {
  throw new SchemaError(`expected ${says}, found ${JSON.stringify(tree)?.slice(0, 60)}`);
};

const scalarAttr = <T extends Tree>(says: string, is: (value: unknown) => value is T): Attr<T> => ({
  says,
  is,
  toTree: (value) => value,
  fromTree: (tree) => (is(tree) ? tree : refuse(says, tree)),
});

export const int: Attr<number> = scalarAttr("an integer", (v): v is number => Number.isSafeInteger(v));

const isNumber = (v: unknown): v is number => typeof v === "number" && !Number.isNaN(v);

const infinities: Readonly<Record<string, number>> = { inf: Infinity, "-inf": -Infinity };

export const float: Attr<number> = {
  says: "a number",
  is: isNumber,
  toTree: (value) => value,
  fromTree: (tree) => {
    const value = typeof tree === "string" ? infinities[tree] : tree;
    return isNumber(value) ? value : refuse("a number", tree);
  },
};

export const text: Attr<string> = scalarAttr("a text", (v): v is string => typeof v === "string");

export const bool: Attr<boolean> = scalarAttr("true or false", (v): v is boolean => typeof v === "boolean");

const wordOf = (tree: Tree): string | null => {
  if (typeof tree === "string") return tree;
  return isWord(tree) ? tree.word : null;
};

/** One of a closed list of words. */
export const word = <const W extends string>(...words: readonly W[]): Attr<W> => {
  const is = (v: unknown): v is W => words.some((w) => w === v);
  const says = `one of ${words.join(", ")}`;
  return {
    says,
    is,
    toTree: wordTree,
    fromTree: (tree) => {
      const found = wordOf(tree);
      return is(found) ? found : refuse(says, tree);
    },
  };
};

const isWeight = (v: unknown): v is Weight =>
  typeof v === "object" && v !== null && "stored" in v && "hash" in v && "dtype" in v && "shape" in v;

export const weight: Attr<Weight> = {
  says: "a weight",
  is: isWeight,
  toTree: (value, labels) => wordTree(labels.weight(value)),
  fromTree: (tree, from) => {
    const label = wordOf(tree);
    return label === null ? refuse("a weight", tree) : from.weight(label);
  },
};

/** A list of any length. */
export const list = <T>(of: Attr<T>): Attr<readonly T[]> => ({
  says: `a list of ${of.says}`,
  is: (v): v is readonly T[] => Array.isArray(v) && v.every((x) => of.is(x)),
  toTree: (value, labels) => value.map((x) => of.toTree(x, labels)),
  fromTree: (tree, from) =>
    isList(tree) ? tree.map((x) => of.fromTree(x, from)) : refuse(`a list of ${of.says}`, tree),
});

/** A list that prints one item a line. */
export const lines = list;

const isPair = (v: unknown): v is readonly [number, number] =>
  Array.isArray(v) && v.length === 2 && v.every((x) => Number.isSafeInteger(x));

export const pair: Attr<readonly [number, number]> = {
  says: "a pair of integers",
  is: isPair,
  toTree: (value) => value,
  fromTree: (tree) => (isPair(tree) ? tree : refuse("a pair of integers", tree)),
};

/** A value that may be left out and then is the fallback. */
export const or = <T>(of: Attr<T>, fallback: T): Defaulted<T> => ({
  says: of.says,
  fallback,
  is: (v): v is T => of.is(v),
  toTree: (value, labels) => of.toTree(value, labels),
  fromTree: (tree, from) => of.fromTree(tree, from),
});

/** One item an axis; missing items mean the default, `[]` is all-default. */
export const perAxis = <T>(of: Attr<T>): Defaulted<readonly T[]> => or(list(of), []);

export const nullable = <T>(of: Attr<T>): Defaulted<T | null> => ({
  says: `${of.says} or none`,
  fallback: null,
  is: (v): v is T | null => v === null || of.is(v),
  toTree: (value, labels) => (value === null ? null : of.toTree(value, labels)),
  fromTree: (tree, from) => (tree === null ? null : of.fromTree(tree, from)),
});

const isDefaulted = (attr: Attr<unknown>): attr is Defaulted<unknown> => "fallback" in attr;

const sameTree = (a: Tree, b: Tree): boolean => JSON.stringify(a) === JSON.stringify(b);

const noLabels: Labels = { weight: () => "" };

/** True when the value is the fallback, so that it need not be printed. */
const isFallback = (attr: Attr<unknown>, value: unknown, tree: Tree): boolean =>
  isDefaulted(attr) &&
  (attr.fallback === value || (!isWeight(value) && sameTree(attr.toTree(attr.fallback, noLabels), tree)));

const isObject = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null && !Array.isArray(v);

/** Exact: a field that a spread smuggled in is refused. */
export const isValues = <F extends Fields>(
  fields: F,
  v: unknown,
  also: readonly string[] = [],
): v is Values<F> =>
  isObject(v) &&
  Object.entries(fields).every(([name, attr]) => attr.is(v[name])) &&
  Object.keys(v).every((name) => Object.hasOwn(fields, name) || also.includes(name));

/** Fills left-out fields with their fallbacks. Throws SchemaError naming every field that does not fit. */
export const complete = <F extends Fields>(fields: F, args: Args<F>): Values<F> => {
  const given: Readonly<Record<string, unknown>> = args;
  const filled: Record<string, unknown> = { ...given };
  for (const [name, attr] of Object.entries(fields)) {
    if (filled[name] === undefined && isDefaulted(attr)) filled[name] = attr.fallback;
  }
  if (isValues(fields, filled)) return filled;
  const wrong = Object.entries(fields).filter(([name, attr]) => !attr.is(filled[name]));
  const unknown = Object.keys(filled).filter((name) => !Object.hasOwn(fields, name));
  const said = wrong
    .map(([name, attr]) => `${name} must be ${attr.says}`)
    .concat(unknown.map((name) => `${name} is no attribute`));
  throw new SchemaError(said.join("; "));
};

/** Fields as trees, in the order of the schema; those equal to their fallback are left out. */
export const fieldsToTree = <F extends Fields>(
  fields: F,
  values: Values<F>,
  labels: Labels,
): ReadonlyMap<string, Tree> => {
  const given: Readonly<Record<string, unknown>> = values;
  const trees = new Map<string, Tree>();
  for (const [name, attr] of Object.entries(fields)) {
    const tree = attr.toTree(given[name], labels);
    if (!isFallback(attr, given[name], tree)) trees.set(name, tree);
  }
  return trees;
};

/** The inverse of `fieldsToTree`. */
export const fieldsFromTree = <F extends Fields>(
  fields: F,
  trees: ReadonlyMap<string, Tree>,
  from: Source,
): Values<F> => {
  const values: Record<string, unknown> = {};
  for (const name of trees.keys())
    if (!Object.hasOwn(fields, name)) throw new SchemaError(`there is no field ${name}`);
  for (const [name, attr] of Object.entries(fields)) {
    const tree = trees.get(name);
    if (tree !== undefined) values[name] = attr.fromTree(tree, from);
    else if (isDefaulted(attr)) values[name] = attr.fallback;
    else throw new SchemaError(`field ${name} is missing`);
  }
  if (!isValues(fields, values)) throw new SchemaError(`fields ${Object.keys(values).join(", ")} do not fit`);
  return values;
};

export const record = <F extends Fields>(fields: F): Attr<Values<F>> => ({
  says: `a record of ${Object.keys(fields).join(", ")}`,
  is: (v): v is Values<F> => isValues(fields, v),
  toTree: (value, labels) => ({ kind: null, fields: fieldsToTree(fields, value, labels) }),
  fromTree: (tree, from) =>
    isStruct(tree) ? fieldsFromTree(fields, tree.fields, from) : refuse("a record", tree),
});

export type Cases = Readonly<Record<string, Fields>>;

export type Variant<C extends Cases> = {
  readonly [K in keyof C & string]: { readonly kind: K } & Values<C[K]>;
}[keyof C & string];

const structOf = (
  tree: Tree,
): { readonly kind: string | null; readonly fields: ReadonlyMap<string, Tree> } => {
  if (isStruct(tree)) return tree;
  return { kind: wordOf(tree), fields: new Map() };
};

/** A tagged union; the tag is the field `kind`. */
export const variant = <const C extends Cases>(cases: C): Attr<Variant<C>> => {
  const says = `one of ${Object.keys(cases).join(", ")}`;
  const casesByName: Cases = cases;
  const is = (v: unknown): v is Variant<C> => {
    if (!isObject(v) || typeof v.kind !== "string") return false;
    const fields = Object.hasOwn(casesByName, v.kind) ? casesByName[v.kind] : undefined;
    return fields !== undefined && isValues(fields, v, ["kind"]);
  };
  return {
    says,
    is,
    toTree: (value, labels) => {
      const plain: Readonly<Record<string, unknown>> & { readonly kind: string } = value;
      const fields = casesByName[plain.kind] ?? {};
      return { kind: plain.kind, fields: fieldsToTree(fields, plain, labels) };
    },
    fromTree: (tree, from) => {
      const { kind, fields } = structOf(tree);
      const wanted = kind !== null && Object.hasOwn(casesByName, kind) ? casesByName[kind] : undefined;
      if (wanted === undefined) return refuse(says, tree);
      const value = { kind, ...fieldsFromTree(wanted, fields, from) };
      return is(value) ? value : refuse(says, tree);
    },
  };
};

/** For a kind that contains itself. */
export const lazy = <T>(says: string, of: () => Attr<T>): Attr<T> => ({
  says,
  is: (v): v is T => of().is(v),
  toTree: (value, labels) => of().toTree(value, labels),
  fromTree: (tree, from) => of().fromTree(tree, from),
});

declare const kindOf: unique symbol;

/** A name or number that only fits where its kind is asked for. */
export type Branded<K extends string, T = string> = T & { readonly [kindOf]: K };

export const brand = <const K extends string>(
  kind: K,
): Attr<Branded<K>> & { readonly of: (name: string) => Branded<K> } => {
  const is = (v: unknown): v is Branded<K> => typeof v === "string";
  const of = (name: unknown): Branded<K> => (is(name) ? name : refuse(`a ${kind}`, String(name)));
  return {
    says: `a ${kind}`,
    is,
    of,
    toTree: (value) => String(value),
    fromTree: (tree) => of(wordOf(tree)),
  };
};

export const index = <const K extends string>(
  kind: K,
): Attr<Branded<K, number>> & { readonly of: (value: number) => Branded<K, number> } => {
  const is = (v: unknown): v is Branded<K, number> => Number.isSafeInteger(v) && Number(v) >= 0;
  const of = (value: unknown): Branded<K, number> =>
    is(value) ? value : refuse(`the index of a ${kind}`, String(value));
  return {
    says: `the index of a ${kind}`,
    is,
    of,
    toTree: (value) => Number(value),
    fromTree: (tree) => of(tree),
  };
};

const isOrigin = (v: unknown): v is Origin => isObject(v) && typeof v.name === "string" && "span" in v;

const originFromTree = (tree: Tree): Origin => {
  if (typeof tree === "string") return { name: tree, span: null };
  if (!isList(tree)) return refuse("an origin", tree);
  const [name, file, start, end] = tree;
  if (
    typeof name !== "string" ||
    typeof file !== "string" ||
    !Number.isSafeInteger(start) ||
    !Number.isSafeInteger(end)
  )
    return refuse("an origin", tree);
  return { name, span: { file, start: Number(start), end: Number(end) } };
};

/** Where a thing comes from: names, with a span where there is one. */
export const origins: Attr<readonly Origin[]> = {
  says: "a list of origins",
  is: (v): v is readonly Origin[] => Array.isArray(v) && v.every(isOrigin),
  toTree: (value) =>
    value.map(({ name, span }) => (span === null ? name : [name, span.file, span.start, span.end])),
  fromTree: (tree) => (isList(tree) ? tree.map(originFromTree) : refuse("a list of origins", tree)),
};
