import { quoteName } from "../../../compiler/diagnostics/index.ts";
import { nodesOf, sameShape, showShape } from "../../../compiler/ir/core/index.ts";
import type { TensorGraph } from "../../../compiler/ir/tensor/index.ts";
import { nameFaults } from "../../diagnostics/name.ts";
import { dataFaults, recipeFaults } from "../../diagnostics/recipe.ts";
import { type Context, placeOf, report } from "../context.ts";
import type { DataDescription } from "../data.ts";
import type { Constants, Item } from "../items.ts";
import { stages } from "../kinds.ts";
import { type Options, optional, spanOfOption } from "../options.ts";
import { meant } from "../suggest.ts";
import type { Scope } from "./recipe.ts";

/** What a recipe is elaborated against. */
export interface Compiling {
  readonly context: Context;
  readonly constants: Constants;
  readonly network: string;
  /** Null when the network has faults of its own. */
  readonly graph: TensorGraph | null;
  /** Data by name; null for data with faults. */
  readonly data: ReadonlyMap<string, DataDescription | null>;
}

/** Names that `only` and `except` may list: stages, and the levels above them. */
export const stagesOf = (graph: TensorGraph): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const node of nodesOf(graph)) {
    for (const { name } of node.op === "input" ? [] : node.origins) {
      names.add(name);
      for (let dot = name.indexOf("."); dot > 0; dot = name.indexOf(".", dot + 1))
        names.add(name.slice(0, dot));
    }
  }
  return names;
};

/** The stages that a pass touches; names that the network does not have are reported. */
export const scopeOf = ({ context, network, graph }: Compiling, options: Options): Scope => {
  const known = graph === null ? null : stagesOf(graph);
  const both = options.given.has("only") ? spanOfOption(options, "except") : null;
  if (both !== null) report(context, recipeFaults.report("scope", placeOf(context, both), {}));
  const kind = options.given.has("only") ? "only" : "except";
  const named = optional(options, kind, stages, null);
  if (named === null) return { kind: "all" };
  for (const { text, span } of named) {
    if (known === null || known.has(text)) continue;
    const holes = { network, name: quoteName(text), remedy: meant(text, [...known]) };
    report(context, nameFaults.report("stage", placeOf(context, span), holes));
  }
  return { kind, stages: named.map(({ text }) => text) };
};

type WordItem = Item & { readonly kind: "word" };

const fits = ({ context, network, graph }: Compiling, at: WordItem, data: DataDescription): boolean => {
  const [input, ...others] = graph?.inputs ?? [];
  if (input === undefined) return true;
  const where = placeOf(context, at.span);
  if (others.length > 0) {
    report(context, recipeFaults.report("inputs", where, { network, count: others.length + 1 }));
    return false;
  }
  const needs = input.type.shape;
  if (sameShape(needs, data.shape)) return true;
  const holes = { data: data.name, found: showShape(data.shape), network, needs: showShape(needs) };
  report(context, dataFaults.report("shape", where, holes));
  return false;
};

/** The data of a name, when it fits the input of the network. Null: a fault was reported. */
export const dataNamed = (compiling: Compiling, at: WordItem): DataDescription | null => {
  const { context, data } = compiling;
  const found = data.get(at.text);
  if (found === null) return null;
  if (found !== undefined) return fits(compiling, at, found) ? found : null;
  const holes = {
    name: at.text,
    remedy: meant(at.text, [...data.keys()], `add a line \`data ${at.text}: [...] = ...\``),
  };
  return report(context, nameFaults.report("data", placeOf(context, at.span), holes));
};
