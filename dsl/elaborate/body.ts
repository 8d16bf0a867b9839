import type { Span } from "../../compiler/diagnostics/index.ts";
import type { Weight } from "../../compiler/ir/core/index.ts";
import type { TensorNode } from "../../compiler/ir/tensor/index.ts";
import { nameFaults } from "../diagnostics/name.ts";
import type { Argument, Name } from "../syntax.ts";
import { type Context, lineAt, placeOf, report } from "./context.ts";
import { type BlockItem, type Constants, type Item, type Scope, scopeIn } from "./items.ts";
import type { Flow } from "./layers/layer.ts";
import { isLayer } from "./layers/table.ts";
import type { Definition } from "./native/defined.ts";
import type { Level } from "./stages.ts";
import type { Store } from "./store.ts";

/** A name of a body: a tensor, something that is no tensor, or something whose line could not be read. */
export type Local =
  | { readonly kind: "tensor"; readonly flow: Flow }
  | { readonly kind: "item" }
  | { readonly kind: "unknown" };

interface Defined {
  readonly local: Local;
  readonly name: Name | null;
  /** False until something reads it. */
  read: boolean;
}

/** What an arrow carries: one value, several for a join, or null when a fault was reported on the way. */
export type Carried = readonly Flow[] | null;

/** A stage as it is used: which layer or block, with which arguments, and under which word it is counted. */
export interface Use {
  readonly name: string;
  readonly counted: string;
  readonly args: readonly Argument[] | null;
  readonly within: Constants;
  readonly span: Span;
  /** The word alone. */
  readonly word: Span;
}

/** Builds a block in a body that uses it; what the statements of a block need stands above the stages. */
export type BuildBlock = (
  body: Body,
  use: Use,
  block: BlockItem,
  label: Name | null,
  input: readonly Flow[],
) => Carried;

/** A `previous(name)` whose name is built further down. */
export interface OpenLoop {
  readonly name: string;
  readonly node: TensorNode;
}

/** A network, a block or a round of a loop while its statements are read. */
export interface Body {
  readonly context: Context;
  readonly constants: Scope;
  readonly locals: Map<string, Defined>;
  /** What the network around it collects. */
  readonly store: Store;
  readonly buildBlock: BuildBlock;
  /** Placeholders of the shared stages that are being built; null outside. */
  readonly instance: Map<string, Weight> | null;
  readonly level: Level;
  /** Names of stages stand as they are written; else they are counted on in the level of the body around. */
  readonly exact: boolean;
  /** Names that `previous` may read above their line. */
  readonly loops: ReadonlyMap<string, Definition>;
  readonly open: OpenLoop[];
}

/** A body inside another one, with names of its own. */
export const bodyIn = (
  body: Body,
  within: Constants,
  level: Level,
  exact: boolean,
  instance: Map<string, Weight> | null = body.instance,
  loops: ReadonlyMap<string, Definition> = new Map(),
): Body => ({
  context: body.context,
  constants: scopeIn(within),
  locals: new Map(),
  store: body.store,
  buildBlock: body.buildBlock,
  instance,
  level,
  exact,
  loops,
  open: [],
});

/** Gives a name its meaning; a name stands once, and never hides a layer. */
export const define = (body: Body, name: Name, local: Local, item: Item | null = null): void => {
  const { context, locals } = body;
  const before = locals.get(name.text);
  if (isLayer(name.text)) {
    report(context, nameFaults.report("reserved", placeOf(context, name.span), { name: name.text }));
  } else if (before !== undefined && before.local.kind !== "unknown" && local.kind !== "unknown") {
    const line = before.name === null ? "" : ` on line ${lineAt(context, before.name.span)}`;
    const remedy = `it stands${line} already: choose another name`;
    report(context, nameFaults.report("twice", placeOf(context, name.span), { name: name.text, remedy }));
  }
  if (local.kind === "item") body.constants.set(name.text, item);
  if (before === undefined) locals.set(name.text, { local, name, read: local.kind !== "tensor" });
};

/** A name whose line could not be read: using it is no further fault. */
export const defineUnknown = (body: Body, name: string): void => {
  body.constants.set(name, null);
  if (!body.locals.has(name)) body.locals.set(name, { local: { kind: "unknown" }, name: null, read: true });
};

export const lookUp = (body: Body, name: string): Local | null => {
  const found = body.locals.get(name);
  if (found === undefined) return null;
  found.read = true;
  return found.local;
};

/** Reports tensors that lead nowhere: their layers would silently not be part of the network. */
export const reportUnused = (body: Body): void => {
  for (const { name, read } of body.locals.values()) {
    if (read || name === null) continue;
    report(body.context, nameFaults.report("unused", placeOf(body.context, name.span), { name: name.text }));
  }
};

/** The names that a wrong one could have meant. */
export const tensorNames = (body: Body): readonly string[] =>
  [...body.locals].filter(([, { local }]) => local.kind === "tensor").map(([name]) => name);

export const nameOf = (text: string, span: Span): Name => ({ text, span });
