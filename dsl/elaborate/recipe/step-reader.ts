import type { Diagnostic, Span } from "../../../compiler/diagnostics/index.ts";
import { languageFaults } from "../../diagnostics/language.ts";
import { recipeFaults } from "../../diagnostics/recipe.ts";
import type { Name } from "../../syntax.ts";
import { placeOf, sourceText } from "../context.ts";
import type { Kind } from "../kinds.ts";
import { type Options, optional, type Signature, spanOfOption } from "../options.ts";
import { type Compiling, scopeOf } from "./compiling.ts";
import type { Step } from "./recipe.ts";

/** What of a step this version does not build. */
export interface Later {
  /** The step as a whole. */
  readonly step: () => void;
  /** One of its options, as it is written. */
  readonly option: (name: string) => void;
}

/** One step of the language, all of it: every option is read and checked, those that are not built as well. */
export interface StepReader {
  readonly signature: Signature;
  /** Null: there is nothing to do in this version, or faults were reported. */
  readonly read: (compiling: Compiling, options: Options, later: Later) => Step | null;
}

interface Collected {
  readonly later: Later;
  /** One message for all that was named, where something was. */
  readonly refused: () => readonly Diagnostic[];
}

/** Collects what of a step is not built. */
export const collectLater = (options: Options, { text, span }: Name): Collected => {
  const { context } = options;
  const parts: Span[] = [];
  let whole = false;
  const later: Later = {
    step: () => {
      whole = true;
    },
    option: (name) => {
      const part = spanOfOption(options, name);
      if (part !== null) parts.push(part);
    },
  };
  const refused = (): readonly Diagnostic[] => {
    if (whole) {
      const holes = { word: text, remedy: "leave it out: the build does without it" };
      return [languageFaults.report("later", placeOf(context, span), holes)];
    }
    const [first] = parts;
    if (first === undefined) return [];
    const list = parts.map((part) => `\`${sourceText(context, part)}\``).join(" and ");
    return [recipeFaults.report("later", placeOf(context, first), { step: text, parts: list })];
  };
  return { later, refused };
};

/** A word of which only some are built; the first one is what stands for an option that is left out. */
export const chosenWord = <W extends string, B extends W>(
  options: Options,
  later: Later,
  name: string,
  kind: Kind<W>,
  built: readonly [B, ...B[]],
): B | null => {
  const [usual] = built;
  const read: W | null = optional(options, name, kind, usual);
  const found = built.find((w) => w === read) ?? null;
  if (read !== null && found === null) later.option(name);
  return found;
};

/** An option that is read and checked, and not built. */
export const laterOption = <T>(options: Options, later: Later, name: string, kind: Kind<T>): void => {
  if (optional(options, name, kind, null) !== null) later.option(name);
};

/** Reads `only` and `except` of a step that is built for all stages alone. */
export const laterScope = (compiling: Compiling, options: Options, later: Later): void => {
  const scope = scopeOf(compiling, options);
  if (scope.kind !== "all") later.option(scope.kind);
};
