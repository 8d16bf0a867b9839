import type { Span } from "../../compiler/diagnostics/index.ts";
import type { Weight } from "../../compiler/ir/core/index.ts";
import type { Rational } from "../rational.ts";
import type { Argument, Name, Network, Stage, Value } from "../syntax.ts";
import type { NativeModel, SpkModel } from "./host.ts";

/** How a number was computed: the expression, and the names that it reads. */
export interface Working {
  readonly value: Value;
  readonly within: Constants;
}

export interface NumberItem {
  readonly kind: "number";
  readonly value: Rational;
  readonly unit: Name | null;
  readonly working: Working | null;
  readonly span: Span;
}

/** A word, or a layer without its input; its arguments are read with the names of the place where it was written. */
export interface WordItem {
  readonly kind: "word";
  readonly text: string;
  readonly args: readonly Argument[] | null;
  readonly within: Constants;
  readonly span: Span;
}

/** A block, or a network that names no weights of its own, with the names of its file. */
export interface BlockItem {
  readonly kind: "block";
  readonly block: Network;
  readonly within: Constants;
  readonly span: Span;
}

/** A network with its weights; one that runs in time says how, as far as it is known. */
export type StageNetwork =
  | Extract<SpkModel, { readonly kind: "tensor" }>
  | (NativeModel & { readonly profile: string | null; readonly step: number | null });

/** A network as a stage: one with its weights, or the text of one without. */
export interface NetworkItem {
  readonly kind: "network";
  /** Its name in this file: an imported one may have another in its own. */
  readonly name: string;
  /** Null: faults were reported. */
  readonly get: () => StageNetwork | BlockItem | null;
  readonly span: Span;
}

/** Stages that exist once: every use has the same parameters. */
export interface SharedItem {
  readonly kind: "shared";
  readonly name: string;
  /** The level of its stages. */
  readonly path: string;
  readonly stages: readonly Stage[];
  readonly within: Constants;
  /** The placeholders of its parameters by name, from the first use on. */
  readonly parameters: Map<string, Weight>;
  /** What the first use reads; the others must read the same. */
  readonly first: { shapes: readonly (readonly number[])[] | null };
  readonly span: Span;
}

/** What a value is before an option says which kind it wants. */
export type Item =
  | NumberItem
  | WordItem
  | BlockItem
  | NetworkItem
  | SharedItem
  | { readonly kind: "size"; readonly extents: readonly number[]; readonly span: Span }
  | { readonly kind: "ratio"; readonly part: number; readonly whole: number; readonly span: Span }
  | { readonly kind: "text"; readonly text: string; readonly span: Span }
  | { readonly kind: "list"; readonly items: readonly Item[]; readonly span: Span }
  /** One tensor that several stages may use. */
  | { readonly kind: "param"; readonly name: string; readonly weight: Weight; readonly span: Span };

/** Named items; null for a name whose line could not be read. */
export interface Constants {
  readonly get: (name: string) => Item | null | undefined;
  readonly has: (name: string) => boolean;
  readonly keys: () => Iterable<string>;
}

/** Names of one place, in front of those around it. */
export interface Scope extends Constants {
  readonly set: (name: string, item: Item | null) => void;
  /** True for a name of this place itself. */
  readonly hasOwn: (name: string) => boolean;
}

/** An empty scope inside another one. */
export const scopeIn = (outer: Constants): Scope => {
  const own = new Map<string, Item | null>();
  return {
    get: (name) => (own.has(name) ? own.get(name) : outer.get(name)),
    has: (name) => own.has(name) || outer.has(name),
    keys: () => [...own.keys(), ...outer.keys()],
    set: (name, item) => {
      own.set(name, item);
    },
    hasOwn: (name) => own.has(name),
  };
};

const kindNames: Readonly<Record<Item["kind"], string>> = {
  number: "a number",
  size: "a size",
  ratio: "a ratio",
  text: "a text",
  word: "a word",
  list: "a list",
  param: "a tensor of parameters",
  block: "a block",
  network: "a network",
  shared: "a shared stage",
};

/** True for what is a stage, and no layer of the language. */
export const standsForStage = ({ kind }: Item): boolean =>
  kind === "block" || kind === "network" || kind === "shared";

export const describe = (item: Item): string => kindNames[item.kind];

export const numberItem = (value: Rational, span: Span, unit: Name | null = null): NumberItem => ({
  kind: "number",
  value,
  unit,
  working: null,
  span,
});

/** A word without arguments. */
