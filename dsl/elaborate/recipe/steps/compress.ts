import { nameFaults } from "../../../diagnostics/name.ts";
import { recipeFaults } from "../../../diagnostics/recipe.ts";
import { placeOf, report } from "../../context.ts";
import type { Item, WordItem } from "../../items.ts";
import { aboveZero, count, type Kind, naturals, ratio, reference, share, size, word } from "../../kinds.ts";
import { matchOptions, type Options, optional, required, signature, spanOfOption } from "../../options.ts";
import { meant } from "../../suggest.ts";
import { type Compiling, scopeOf } from "../compiling.ts";
import { chosenWord, laterOption, laterScope, type StepReader } from "../step-reader.ts";
import { dataOption, samples } from "./data.ts";

/** Constant, dead and duplicate channels always go; `inputs` are the values that an input can take. */
export const eliminate: StepReader = {
  signature: signature("eliminate", [], ["inputs", "only", "except"]),
  read: (compiling, options, later) => {
    laterOption(options, later, "inputs", naturals);
    laterScope(compiling, options, later);
    return null;
  },
};

/** Quantization always balances the ranges of channels; a part of the stages alone is not built. */
export const equalize: StepReader = {
  signature: signature("equalize", [], ["only", "except"]),
  read: (compiling, options, later) => {
    laterScope(compiling, options, later);
    return null;
  },
};

export const fold: StepReader = {
  signature: signature("fold", [], ["keep", "by", "repair", "only", "except"]),
  read: (compiling, options, later) => {
    const keep = optional(options, "keep", share, 0.5);
    const by = chosenWord(options, later, "by", word("ward", "kmeans", "ray"), ["ward"]);
    const words = word("none", "ar", "moments", "data");
    const repair = chosenWord(options, later, "repair", words, ["none", "ar"]);
    const scope = scopeOf(compiling, options);
    return keep === null || by === null || repair === null
      ? null
      : { kind: "fold", keep, repair, scope, span: options.at };
  },
};

/** Reports when not exactly one of two options is given. */
const either = (options: Options, one: string, other: string): void => {
  const { context, owner } = options;
  const both = options.given.has(one) ? spanOfOption(options, other) : null;
  if (both !== null)
    report(context, recipeFaults.report("both", placeOf(context, both), { step: owner, one, other }));
  else if (!options.given.has(one) && !options.given.has(other))
    report(context, recipeFaults.report("either", placeOf(context, options.at), { step: owner, one, other }));
};

const parts = ["channels", "axons", "synapses"] as const;

const pruned: Kind<WordItem> = {
  ...reference,
  says: "channels, axons, synapses or tiles(8x8)",
  example: "synapses",
  read: (item: Item) =>
    item.kind === "word" &&
    (item.text === "tiles" || (item.args === null && parts.some((p) => p === item.text)))
      ? item
      : null,
};

const tilesOptions = signature("tiles", ["size"]);

export const prune: StepReader = {
  signature: signature("prune", ["what"], ["what", "keep", "pattern", "by", "only", "except"]),
  read: (compiling, options, later) => {
    const { context, constants } = compiling;
    const what = required(options, "what", pruned);
    if (what?.text === "tiles") {
      const tiles = matchOptions(context, constants, tilesOptions, what.args ?? [], what.span);
      if (tiles !== null) required(tiles, "size", size);
    }
    either(options, "keep", "pattern");
    optional(options, "keep", share, null);
    optional(options, "pattern", ratio, null);
    optional(options, "by", word("obs", "magnitude", "moments"), "obs");
    scopeOf(compiling, options);
    later.step();
    return null;
  },
};

/** The network that is to be imitated; it reads what the student reads. */
const readTeacher = ({ context, networks, network }: Compiling, item: WordItem): void => {
  const where = placeOf(context, item.span);
  if (!networks.has(item.text)) {
    const remedy = meant(
      item.text,
      [...networks.keys()].filter((name) => name !== network),
    );
    report(context, nameFaults.report("network", where, { name: item.text, remedy }));
  } else if (item.text === network) report(context, recipeFaults.report("teacher", where, { network }));
};

export const distill: StepReader = {
  signature: signature(
    "distill",
    ["teacher"],
    ["teacher", "on", "samples", "temperature", "method", "only", "except"],
  ),
  read: (compiling, options, later) => {
    const teacher = required(options, "teacher", reference);
    if (teacher !== null) readTeacher(compiling, teacher);
    dataOption(compiling, options, "on", false);
    optional(options, "samples", samples, null);
    optional(options, "temperature", aboveZero, null);
    optional(options, "method", word("layers", "logits", "train"), "layers");
    scopeOf(compiling, options);
    later.step();
    return null;
  },
};

export const lowRank: StepReader = {
  signature: signature("low_rank", [], ["keep", "rank", "method", "only", "except"]),
  read: (compiling, options, later) => {
    either(options, "keep", "rank");
    optional(options, "keep", share, null);
    optional(options, "rank", count, null);
    optional(options, "method", word("svd", "tucker2", "spatial"), "svd");
    scopeOf(compiling, options);
    later.step();
    return null;
  },
};
