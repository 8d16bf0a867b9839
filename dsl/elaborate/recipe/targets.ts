import { nameFaults } from "../../diagnostics/name.ts";
import { recipeFaults } from "../../diagnostics/recipe.ts";
import type { Call } from "../../syntax.ts";
import { placeOf, report } from "../context.ts";
import type { SpkTarget } from "../host.ts";
import { count } from "../kinds.ts";
import { firstOption, matchOptions, optional, signature } from "../options.ts";
import { list, meant } from "../suggest.ts";
import type { Compiling } from "./compiling.ts";
import type { Step, TargetChoice } from "./recipe.ts";

export interface ChosenTarget {
  readonly choice: TargetChoice;
  readonly target: SpkTarget;
}

/** A target of the head of a compile section. Null: a fault was reported. */
export const readTarget = ({ context, constants }: Compiling, call: Call): ChosenTarget | null => {
  const { path, args, span } = call;
  const { targets } = context.host;
  const target = targets.find(({ name }) => name === path.text);
  if (target === undefined) {
    const holes = {
      name: path.text,
      remedy: meant(
        path.text,
        targets.map(({ name }) => name),
      ),
    };
    return report(context, nameFaults.report("target", placeOf(context, path.span), holes));
  }
  const given = matchOptions(
    context,
    constants,
    signature(target.name, [], target.options),
    args ?? [],
    span,
  );
  if (given === null) return null;
  const options = new Map<string, number>();
  for (const name of target.options) {
    const value = optional(given, name, count, null);
    if (value !== null) options.set(name, value);
  }
  return { choice: { name: target.name, options }, target };
};

// What the conversion falls back to where no step says how many levels there are.
const usualLevels = 15;

const bitsOf = (levels: number): number => 32 - Math.clz32(levels);

const gradedRemedy = (targets: readonly SpkTarget[], modes: readonly string[], bits: number): string => {
  const carrier = targets.find(({ payloadBits }) => payloadBits >= bits);
  const other = carrier === undefined ? "" : `, or compile for ${carrier.name}`;
  const lanes = `exact.spatial (${bits} lanes a neuron, ${bits} steps a layer)`;
  return modes.includes("exact.spatial") ? `use ${lanes}${other}` : `use ${list(modes)}${other}`;
};

/** A mode that one of the targets cannot run. */
export const checkModes = (
  { context }: Compiling,
  chosen: readonly ChosenTarget[],
  steps: readonly Step[],
  modeCall: Call | null,
): void => {
  const convert = steps.find((step) => step.kind === "convert");
  const argument = firstOption(modeCall?.args ?? null, "mode");
  // An open choice has no one mode.
  if (convert === undefined || argument === undefined || argument.choices.length > 1) return;
  const quantize = steps.find((step) => step.kind === "quantize");
  const bits = bitsOf(quantize?.levels ?? usualLevels);
  const where = placeOf(context, argument.span);
  const { mode } = convert;
  for (const { target } of chosen) {
    if (target.modes.includes(mode)) continue;
    if (mode === "exact.graded" && target.payloadBits < bits) {
      const remedy = gradedRemedy(context.host.targets, target.modes, bits);
      report(context, recipeFaults.report("target", where, { target: target.name, mode, bits, remedy }));
    } else {
      report(
        context,
        recipeFaults.report("mode", where, { target: target.name, mode, modes: list(target.modes) }),
      );
    }
  }
};

/** `low_rank` on a target whose spikes carry no value. */
export const checkGraded = (
  { context }: Compiling,
  chosen: readonly ChosenTarget[],
  calls: readonly Call[],
): void => {
  for (const { path } of calls) {
    if (path.text !== "low_rank") continue;
    for (const { target } of chosen) {
      if (target.payloadBits > 0) continue;
      const carrier = context.host.targets.find(({ payloadBits }) => payloadBits > 0);
      const remedy = carrier === undefined ? "leave it out" : `leave it out, or compile for ${carrier.name}`;
      const holes = { step: path.text, target: target.name, remedy };
      report(context, recipeFaults.report("graded", placeOf(context, path.span), holes));
    }
  }
};
