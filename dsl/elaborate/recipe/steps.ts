import { recipeFaults } from "../../diagnostics/recipe.ts";
import type { Call } from "../../syntax.ts";
import { placeOf, report, reportLater } from "../context.ts";
import type { Item } from "../items.ts";
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

/** Reads a word of the language; those behind `later` are known, but not built. */
const wordOrLater = <const W extends string>(
  { context }: Compiling,
  options: Options,
  name: string,
  built: readonly [W, ...W[]],
  later: readonly string[],
): W | null => {
  const item = options.given.get(name)?.item ?? null;
  if (item?.kind === "word" && later.includes(item.text))
    return reportLater(context, item, `use ${built.join(" or ")}`);
  return optional(options, name, word(...built), built[0]);
};

const fold: StepReader = {
  signature: signature("fold", [], ["keep", "by", "repair", "only", "except"]),
  read: (compiling, options) => {
    const keep = optional(options, "keep", share, 0.5);
    const repair = wordOrLater(compiling, options, "repair", ["none", "ar"], ["moments", "data"]);
    const by = wordOrLater(compiling, options, "by", ["ward"], ["kmeans", "ray"]);
    const scope = scopeOf(compiling, options);
    return keep === null || by === null || repair === null
      ? null
      : { kind: "fold", keep, repair, scope, span: options.at };
  },
};

const notInQuantize = ["grid", "by", "per", "budget", "only", "except"];

const quantize: StepReader = {
  signature: signature("quantize", [], ["weights", "activations", ...notInQuantize], notInQuantize),
  read: (_compiling, options) => {
    const weightBits = optional(options, "weights", bits, null);
    const levelCount = optional(options, "activations", levels, null);
    return { kind: "quantize", weightBits, levels: levelCount, span: options.at };
  },
};

const notInConvert = ["code", "slew", "steps"];

const convert: StepReader = {
  signature: signature("convert", ["mode"], ["mode", ...notInConvert], notInConvert),
  read: (_compiling, options) => {
    const mode = required(options, "mode", word(...modes));
    return mode === null ? null : { kind: "convert", mode, span: options.at };
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
