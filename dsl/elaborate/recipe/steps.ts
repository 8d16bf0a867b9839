import type { Diagnostic } from "../../../compiler/diagnostics/index.ts";
import { recipeFaults } from "../../diagnostics/recipe.ts";
import type { Call } from "../../syntax.ts";
import { countFaults, placeOf, report, sourceText } from "../context.ts";
import { type Given, matchOptions, type Options } from "../options.ts";
import { meant } from "../suggest.ts";
import type { Compiling } from "./compiling.ts";
import type { Step } from "./recipe.ts";
import { collectLater, type StepReader } from "./step-reader.ts";
import { distill, eliminate, equalize, fold, lowRank, prune } from "./steps/compress.ts";
import { convert, head, map, quantize, search } from "./steps/convert.ts";
import { calibrate, evaluate } from "./steps/data.ts";

const readers: ReadonlyMap<string, StepReader> = new Map(
  [
    ...[calibrate, evaluate, eliminate, equalize, fold, prune, distill, lowRank],
    ...[quantize, convert, head, map, search],
  ].map((reader) => [reader.signature.owner, reader]),
);

/** The words that a line of a compile section may begin with. */
export const stepWords: readonly string[] = [...readers.keys(), "require", "minimize", "maximize"];

/** A choice that is left open: fine for a search, and none for a build. */
const openChoice = ({ context }: Compiling, { span, spoken }: Given): Diagnostic =>
  recipeFaults.report("open", placeOf(context, span), { text: sourceText(context, span), choices: spoken });

/** A step as this version has it, and what it has to say against building it: one message a step, one an open choice. */
export interface ReadStep {
  /** Null: there is nothing to do, or faults were reported. */
  readonly step: Step | null;
  readonly refused: readonly Diagnostic[];
}

const nothing: ReadStep = { step: null, refused: [] };

/** With `budget:` the bits of layers are allotted, and no choice is left open. */
const isAllotted = (options: Options, name: string): boolean =>
  name === "weights" && options.given.has("budget");

/** Reads one pass call of a compile section. */
export const readStep = (compiling: Compiling, { path, args, span }: Call): ReadStep => {
  const { context, constants } = compiling;
  const reader = readers.get(path.text);
  if (reader === undefined) {
    const holes = { name: path.text, remedy: meant(path.text, stepWords) };
    report(context, recipeFaults.report("step", placeOf(context, path.span), holes));
    return nothing;
  }
  const before = countFaults(context);
  const open: (readonly [string, Given])[] = [];
  const options = matchOptions(context, constants, reader.signature, args ?? [], span, (name, given) =>
    open.push([name, given]),
  );
  if (options === null) return nothing;
  const { later, refused } = collectLater(options, path);
  const step = reader.read(compiling, options, later);
  if (countFaults(context) > before) return nothing;
  const choices = open.filter(([name]) => !isAllotted(options, name));
  return { step, refused: [...choices.map(([, given]) => openChoice(compiling, given)), ...refused()] };
};
