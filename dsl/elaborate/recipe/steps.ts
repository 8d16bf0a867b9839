import { recipeFaults } from "../../diagnostics/recipe.ts";
import type { Call } from "../../syntax.ts";
import { placeOf, report, reportLater } from "../context.ts";
import type { Item } from "../evaluate.ts";
import {
  bits,
  counted,
  distance,
  type Kind,
  levels,
  natural,
  real,
  reference,
  share,
  word,
} from "../kinds.ts";
import { matchOptions, type Options, optional, required, type Signature, signature } from "../options.ts";
import { meant } from "../suggest.ts";
import { type Compiling, dataNamed, scopeOf } from "./compiling.ts";
import { type CalibrationSource, modes, type Step } from "./recipe.ts";

interface StepReader {
  readonly signature: Signature;
  readonly read: (compiling: Compiling, options: Options) => Step | null;
}

const samples = counted("samples");

const source: Kind<Item & { readonly kind: "word" }> = {
  ...reference,
  says: "the name of a `data`, or normal(mean: 0, std: 1)",
  read: (item) => (item.kind === "word" ? item : null),
};

const normalOptions = signature("normal", ["mean", "std"], ["mean", "std", "seed"]);

const normalOf = (
  { context, constants }: Compiling,
  item: Item & { readonly kind: "word" },
): CalibrationSource | null => {
  const options = matchOptions(context, constants, normalOptions, item.args ?? [], item.span);
  if (options === null) return null;
  const mean = required(options, "mean", real);
  const std = required(options, "std", distance);
  const seed = optional(options, "seed", natural, null);
  return mean === null || std === null ? null : { kind: "normal", mean, std, seed };
};

const calibrationOf = (
  compiling: Compiling,
  item: Item & { readonly kind: "word" },
): CalibrationSource | null => {
  if (item.text === "normal") return normalOf(compiling, item);
  if (item.text === "card")
    return reportLater(compiling.context, item, "use normal(mean: 0, std: 1), or a `data`");
  const data = dataNamed(compiling, item);
  return data === null ? null : { kind: "data", data };
};

const calibrate: StepReader = {
  signature: signature("calibrate", ["data"], ["samples", "skip"]),
  read: (compiling, options) => {
    const item = required(options, "data", source);
    const from = item === null ? null : calibrationOf(compiling, item);
    const count = optional(options, "samples", samples, null);
    const skip = optional(options, "skip", samples, 0);
    return from === null || skip === null
      ? null
      : { kind: "calibrate", from, samples: count, skip, span: options.at };
  },
};

const evaluate: StepReader = {
  signature: signature("evaluate", ["data"], ["samples", "skip"]),
  read: (compiling, options) => {
    const item = required(options, "data", reference);
    const data = item === null ? null : dataNamed(compiling, item);
    const count = optional(options, "samples", samples, null);
    const skip = optional(options, "skip", samples, 0);
    return data === null || skip === null
      ? null
      : { kind: "evaluate", data, samples: count, skip, span: options.at };
  },
};

const fold: StepReader = {
  signature: signature("fold", [], ["keep", "by", "repair", "only", "except"]),
  read: (compiling, options) => {
    const keep = optional(options, "keep", share, 0.5);
    const by = optional(options, "by", word("ward", "kmeans", "ray"), "ward");
    const repair = optional(options, "repair", word("none", "ar", "moments", "data"), "none");
    const scope = scopeOf(compiling, options);
    if (keep === null || by === null || repair === null) return null;
    return { kind: "fold", keep, by, repair, scope, span: options.at };
  },
};

const quantize: StepReader = {
  signature: signature(
    "quantize",
    [],
    ["weights", "activations", "grid", "by", "per", "budget", "only", "except"],
    ["budget"],
  ),
  read: (compiling, options) => {
    const weightBits = optional(options, "weights", bits, null);
    const levelCount = optional(options, "activations", levels, null);
    const grid = optional(options, "grid", word("target", "power_of_two", "free"), "target");
    const by = optional(options, "by", word("gptq", "nearest", "mse"), null);
    const per = optional(options, "per", word("channel", "layer", "network"), "channel");
    const scope = scopeOf(compiling, options);
    if (grid === null || per === null) return null;
    return { kind: "quantize", weightBits, levels: levelCount, grid, by, per, scope, span: options.at };
  },
};

const convert: StepReader = {
  signature: signature("convert", ["mode"], ["code", "slew"]),
  read: (_compiling, options) => {
    const mode = required(options, "mode", word(...modes));
    const code = optional(options, "code", word("auto", "thermometer", "sar", "two_stage"), null);
    const slew = optional(options, "slew", natural, null);
    return mode === null ? null : { kind: "convert", mode, code, slew, span: options.at };
  },
};

const readers: ReadonlyMap<string, StepReader> = new Map(
  [calibrate, evaluate, fold, quantize, convert].map((reader) => [reader.signature.owner, reader]),
);

/** Steps of the language that this version does not build. */
const later: readonly string[] = [
  "eliminate",
  "equalize",
  "prune",
  "distill",
  "low_rank",
  "head",
  "map",
  "search",
];

/** Reads one pass call of a compile section. Null: faults were reported. */
export const readStep = (compiling: Compiling, { path, args, span }: Call): Step | null => {
  const { context, constants } = compiling;
  const reader = readers.get(path.text);
  if (reader === undefined) {
    if (later.includes(path.text)) return reportLater(context, path, "leave it out");
    const holes = { name: path.text, remedy: meant(path.text, [...readers.keys(), ...later]) };
    return report(context, recipeFaults.report("step", placeOf(context, path.span), holes));
  }
  const options = matchOptions(context, constants, reader.signature, args ?? [], span);
  return options === null ? null : reader.read(compiling, options);
};
