import { quoteName } from "../../../compiler/diagnostics/index.ts";
import { sameShape, showShape } from "../../../compiler/ir/core/index.ts";
import { nameFaults } from "../../diagnostics/name.ts";
import { dataFaults, recipeFaults } from "../../diagnostics/recipe.ts";
import { type Context, placeOf, report } from "../context.ts";
import type { DataDescription } from "../data.ts";
import { takesKind } from "../declared.ts";
import type { Constants, WordItem } from "../items.ts";
import { stages } from "../kinds.ts";
import { type Options, optional, spanOfOption } from "../options.ts";
import { meant } from "../suggest.ts";
import type { Scope } from "./recipe.ts";
import type { Subject } from "./subject.ts";

/** What a recipe is elaborated against. */
export interface Compiling {
  readonly context: Context;
  readonly constants: Constants;
  readonly network: string;
  /** Names of all networks of the file. */
  readonly networks: Pick<ReadonlyMap<string, unknown>, "has" | "keys">;
  /** Null when the network has faults of its own. */
  readonly subject: Subject | null;
  /** Data by name; null for data with faults. */
  readonly data: ReadonlyMap<string, DataDescription | null>;
}

/** The stages that a pass touches; names that the network does not have are reported. */
export const scopeOf = ({ context, network, subject }: Compiling, options: Options): Scope => {
  const both = options.given.has("only") ? spanOfOption(options, "except") : null;
  if (both !== null) report(context, recipeFaults.report("scope", placeOf(context, both), {}));
  const kind = options.given.has("only") ? "only" : "except";
  const named = optional(options, kind, stages, null);
  if (named === null) return { kind: "all" };
  const known = subject?.stages() ?? null;
  for (const { text, span } of named) {
    if (known === null || known.has(text)) continue;
    const holes = { network, name: quoteName(text), remedy: meant(text, [...known]) };
    report(context, nameFaults.report("stage", placeOf(context, span), holes));
  }
  return { kind, stages: named.map(({ text }) => text) };
};

const fits = ({ context, network, subject }: Compiling, at: WordItem, data: DataDescription): boolean => {
  const [input, ...others] = subject?.inputs ?? [];
  if (input === undefined) return true;
  const where = placeOf(context, at.span);
  if (others.length > 0) {
    report(context, recipeFaults.report("inputs", where, { network, count: others.length + 1 }));
    return false;
  }
  if (sameShape(input.shape, data.shape) && takesKind(input.kind, data.kind)) return true;
  const show = ({ kind, shape }: Pick<DataDescription, "kind" | "shape">): string =>
    `${kind === "values" ? "" : kind}${showShape(shape)}`;
  const holes = { data: data.name, found: show(data), network, needs: show(input) };
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
