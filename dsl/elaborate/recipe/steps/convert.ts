import { recipeFaults } from "../../../diagnostics/recipe.ts";
import { placeOf, report } from "../../context.ts";
import { bits, count, counted, levels, measured, natural, word } from "../../kinds.ts";
import { type Options, optional, required, signature, spanOfOption } from "../../options.ts";
import { type Compiling, scopeOf } from "../compiling.ts";
import { type Mode, modes } from "../recipe.ts";
import { chosenWord, laterOption, laterScope, type StepReader } from "../step-reader.ts";
import { dataOption } from "./data.ts";

export const quantize: StepReader = {
  signature: signature(
    "quantize",
    [],
    ["weights", "activations", "grid", "by", "per", "budget", "only", "except"],
  ),
  read: (compiling, options, later) => {
    const weightBits = optional(options, "weights", bits, null);
    const levelCount = optional(options, "activations", levels, null);
    chosenWord(options, later, "grid", word("target", "power_of_two", "free"), ["target"]);
    chosenWord(options, later, "by", word("gptq", "nearest", "mse"), ["nearest"]);
    chosenWord(options, later, "per", word("channel", "layer", "network"), ["channel"]);
    laterOption(options, later, "budget", measured("memory", "40 KiB"));
    const scope = scopeOf(compiling, options);
    return { kind: "quantize", weightBits, levels: levelCount, scope, span: options.at };
  },
};

const codes = word("auto", "thermometer", "sar", "two_stage");

/** Which mode an option belongs to. */
const owners: readonly (readonly [option: string, mode: Mode])[] = [
  ["code", "exact.spatial"],
  ["slew", "exact.track"],
  ["steps", "approx.rate"],
];

/** An option of another mode than those that are asked for. */
const misplaced = ({ context }: Compiling, options: Options, chosen: readonly Mode[]): void => {
  for (const [option, mode] of owners) {
    const span = spanOfOption(options, option);
    if (span === null || chosen.includes(mode)) continue;
    report(context, recipeFaults.report("mode-option", placeOf(context, span), { option, mode }));
  }
};

const chosenModes = (options: Options): readonly Mode[] => {
  const choices = options.given.get("mode")?.choices ?? [];
  return choices.flatMap(({ from }) => (from.kind === "word" ? modes.filter((m) => m === from.text) : []));
};

export const convert: StepReader = {
  signature: signature("convert", ["mode"], ["mode", "code", "slew", "steps", "only", "except"]),
  read: (compiling, options, later) => {
    const mode = required(options, "mode", word(...modes));
    chosenWord(options, later, "code", codes, ["auto"]);
    const slew = optional(options, "slew", count, 1);
    if (slew !== null && slew !== 1) later.option("slew");
    optional(options, "steps", counted("steps"), null);
    if (mode !== null) misplaced(compiling, options, chosenModes(options));
    laterScope(compiling, options, later);
    return mode === null ? null : { kind: "convert", mode, span: options.at };
  },
};

export const head: StepReader = {
  signature: signature("head", ["by"], ["by", "on", "shots", "only", "except"]),
  read: (compiling, options, later) => {
    required(options, "by", word("prototypes", "ridge", "lda"));
    dataOption(compiling, options, "on", true);
    optional(options, "shots", counted("shots"), null);
    scopeOf(compiling, options);
    later.step();
    return null;
  },
};

/** The mapper fills cores one after the other, without chance; `map()` asks for nothing else. */
export const map: StepReader = {
  signature: signature("map", [], ["minimize", "seed", "only", "except"]),
  read: (compiling, options, later) => {
    laterOption(options, later, "minimize", word("hops", "cores"));
    optional(options, "seed", natural, null);
    laterScope(compiling, options, later);
    return null;
  },
};

export const search: StepReader = {
  signature: signature("search", [], ["trials", "seed"]),
  read: (_compiling, options, later) => {
    optional(options, "trials", counted("trials"), null);
    required(options, "seed", natural);
    later.step();
    return null;
  },
};
