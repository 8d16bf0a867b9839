import type { WordItem } from "../../items.ts";
import { counted, distance, type Kind, natural, real, reference, text } from "../../kinds.ts";
import { matchOptions, type Options, optional, readItem, required, signature } from "../../options.ts";
import { type Compiling, dataNamed } from "../compiling.ts";
import type { CalibrationSource } from "../recipe.ts";
import type { Later, StepReader } from "../step-reader.ts";

export const samples = counted("samples");

const source: Kind<WordItem> = {
  ...reference,
  says: 'the name of a `data`, normal(mean: 0, std: 1) or card("stats.npz")',
  read: (item) => (item.kind === "word" ? item : null),
};

const normalOptions = signature("normal", ["mean", "std"], ["mean", "std", "seed"]);

const normalOf = ({ context, constants }: Compiling, item: WordItem): CalibrationSource | null => {
  const options = matchOptions(context, constants, normalOptions, item.args ?? [], item.span);
  if (options === null) return null;
  const mean = required(options, "mean", real);
  const std = required(options, "std", distance);
  const seed = optional(options, "seed", natural, null);
  return mean === null || std === null ? null : { kind: "normal", mean, std, seed };
};

/** Mean and covariance of the inputs in a file. */
const readCard = ({ context, constants }: Compiling, item: WordItem, later: Later): null => {
  const options = matchOptions(context, constants, signature("card", ["file"]), item.args ?? [], item.span);
  if (options !== null && required(options, "file", text) !== null) later.option("data");
  return null;
};

const calibrationOf = (
  compiling: Compiling,
  options: Options,
  item: WordItem,
  later: Later,
): CalibrationSource | null => {
  if (item.text === "normal") return normalOf(compiling, item);
  if (item.text === "card") return readCard(compiling, item, later);
  const named = readItem(options, "data", reference, item);
  const data = named === null ? null : dataNamed(compiling, named);
  return data === null ? null : { kind: "data", data };
};

export const calibrate: StepReader = {
  signature: signature("calibrate", ["data"], ["samples", "skip"]),
  read: (compiling, options, later) => {
    const item = required(options, "data", source);
    const from = item === null ? null : calibrationOf(compiling, options, item, later);
    const count = optional(options, "samples", samples, null);
    const skip = optional(options, "skip", samples, 0);
    return from === null || skip === null
      ? null
      : { kind: "calibrate", from, samples: count, skip, span: options.at };
  },
};

/** The data of an option such as `on: train`. */
export const dataOption = (compiling: Compiling, options: Options, name: string, needed: boolean) => {
  const item = needed ? required(options, name, reference) : optional(options, name, reference, null);
  return item === null ? null : dataNamed(compiling, item);
};

export const evaluate: StepReader = {
  signature: signature("evaluate", ["data"], ["samples", "skip"]),
  read: (compiling, options) => {
    const data = dataOption(compiling, options, "data", true);
    const count = optional(options, "samples", samples, null);
    const skip = optional(options, "skip", samples, 0);
    return data === null || skip === null
      ? null
      : { kind: "evaluate", data, samples: count, skip, span: options.at };
  },
};
