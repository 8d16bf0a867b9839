import type { Span } from "../../compiler/diagnostics/index.ts";
import type { Weight } from "../../compiler/ir/core/index.ts";
import { nameFaults } from "../diagnostics/name.ts";
import type { Name } from "../syntax.ts";
import { type Context, lineAt, placeOf, report } from "./context.ts";
import type { Constants, Item } from "./evaluate.ts";
import type { Flow, Parameter } from "./layers/layer.ts";
import { findLayer } from "./layers/table.ts";
import type { Level } from "./stages.ts";

/** A name of a body: a tensor, a number, or something whose line could not be read. */
export type Local =
  | { readonly kind: "tensor"; readonly flow: Flow }
  | { readonly kind: "item"; readonly item: Item }
  | { readonly kind: "unknown" };

interface Defined {
  readonly local: Local;
  readonly name: Name | null;
  /** False until something reads it. */
  read: boolean;
}

/** A network while its statements are read. */
export interface Body {
  readonly context: Context;
  readonly constants: Map<string, Item | null>;
  readonly locals: Map<string, Defined>;
  readonly parameters: Map<Weight, Parameter>;
  readonly level: Level;
}

export const constantsOf = (body: Body): Constants => body.constants;

/** Gives a name its meaning; a name stands once, and never hides a layer. */
export const define = (body: Body, name: Name, local: Local): void => {
  const { context, locals } = body;
  const before = locals.get(name.text);
  const where = placeOf(context, name.span);
  if (findLayer(name.text).kind !== "unknown") {
    report(context, nameFaults.report("reserved", where, { name: name.text }));
  } else if (before !== undefined && before.local.kind !== "unknown" && local.kind !== "unknown") {
    const line = before.name === null ? "" : ` on line ${lineAt(context, before.name.span)}`;
    report(
      context,
      nameFaults.report("twice", where, {
        name: name.text,
        remedy: `it stands${line} already: choose another name`,
      }),
    );
  }
  if (local.kind === "item") body.constants.set(name.text, local.item);
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
