import type { Span } from "../../../compiler/diagnostics/index.ts";
import { sourceText } from "../context.ts";
import type { Kind } from "../kinds.ts";
import { type Options, optional, type Signature, spanOfOption } from "../options.ts";
import type { Compiling } from "./compiling.ts";
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

/** Parts that were named as not built. */
export interface Collected {
  readonly later: Later;
  readonly whole: () => boolean;
  readonly parts: () => readonly string[];
  /** Where the first part stands. */
  readonly at: () => Span | null;
}

export const collectLater = (options: Options): Collected => {
  const spans: Span[] = [];
  let all = false;
  return {
    later: {
      step: () => {
        all = true;
      },
      option: (name) => {
        const span = spanOfOption(options, name);
        if (span !== null) spans.push(span);
      },
    },
    whole: () => all,
    parts: () => spans.map((span) => sourceText(options.context, span)),
    at: () => spans[0] ?? null,
  };
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
