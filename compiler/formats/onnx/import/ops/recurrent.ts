import { quoteName } from "../../../../diagnostics/index.ts";
import {
  item,
  type NodeOf,
  type Shape,
  showShape,
  sizeOf,
  valuesOf,
  type Weight,
} from "../../../../ir/core/index.ts";
import type { Tensor, TensorNode } from "../../../../ir/tensor/index.ts";
import { boundOf, flagOf, intOf, textOf } from "../attributes.ts";
import { inARow, samplesInBatch, settled, viewAs, whole } from "../forms.ts";
import {
  type Importer,
  integersAt,
  optionalAt,
  type Site,
  tooLarge,
  valueAt,
  weightAt,
  wrongAttribute,
  wrongShape,
  wrongValue,
} from "../site.ts";
import type { Value } from "../value.ts";
import { partOfWeight } from "../weights.ts";
import { functionsOf } from "./recurrent-functions.ts";

type Attrs = NodeOf<Tensor, "recurrent">["attrs"];
type Kind = Attrs["cell"];
type Emit = Attrs["emit"];

const gatesOf = { rnn: 1, gru: 3, lstm: 4 } as const satisfies Readonly<Record<Kind, number>>;

const defaultsOf: Readonly<Record<Kind, readonly string[]>> = {
  rnn: ["Tanh"],
  gru: ["Sigmoid", "Tanh"],
  lstm: ["Sigmoid", "Tanh", "Tanh"],
};

/** Extents of a node, and where it walks backwards. */
interface Plan {
  readonly kind: Kind;
  readonly steps: number;
  readonly batch: number;
  readonly channels: number;
  readonly units: number;
  /** Of each direction: whether it walks backwards. */
  readonly reverse: readonly boolean[];
  /** Layout 1: the batch is the first axis of x, of the states and of the outputs. */
  readonly batchFirst: boolean;
  /** Steps of each sample that count; behind them the output is 0. */
  readonly lengths: readonly number[];
}

const directionsOf = (site: Site): readonly boolean[] => {
  const direction = textOf(site, "direction", "forward").toLowerCase();
  if (direction === "forward") return [false];
  if (direction === "reverse") return [true];
  if (direction === "bidirectional") return [false, true];
  const fault = `it is "${quoteName(direction)}", one of forward, reverse, bidirectional is needed`;
  return wrongAttribute(site, "direction", fault);
};

const lengthsOf = (site: Site, batch: number, steps: number): readonly number[] => {
  const stated = integersAt(site, 4);
  if (stated === null) return Array.from({ length: batch }, () => steps);
  if (stated.length !== batch)
    return wrongShape(site, `${stated.length} sequence lengths are given for ${batch} sequences`);
  const at = stated.findIndex((length) => !(length >= 1 && length <= steps));
  if (at < 0) return stated;
  return wrongValue(
    site,
    "sequence_lens",
    at,
    item(stated, at),
    `lengths are whole numbers from 1 to ${steps}`,
  );
};

const planOf = (site: Site, kind: Kind, x: Shape): Plan => {
  const batchFirst = flagOf(site, "layout", false);
  const [first = 0, second = 0, channels = 0] = x;
  const [batch, steps] = batchFirst ? [first, second] : [second, first];
  if (x.length !== 3 || sizeOf(x) === 0)
    return wrongShape(
      site,
      `its input is ${showShape(x)}, steps, batch and channels of at least 1 are needed`,
    );
  if (batch > samplesInBatch) return tooLarge(site, "samples in a batch", batch, samplesInBatch);
  const units = weightAt(site, 2).shape[2] ?? 0;
  const stated = intOf(site, "hidden_size", units);
  if (stated !== units || units === 0)
    return wrongAttribute(site, "hidden_size", `it is ${stated}, the recurrent weights have ${units} units`);
  const lengths = lengthsOf(site, batch, steps);
  return { kind, steps, batch, channels, units, reverse: directionsOf(site), batchFirst, lengths };
};

/** Parameter `index` cut into `parts` of `shape`. */
const cut = (site: Site, index: number, parts: number, shape: Shape): readonly Weight[] => {
  const w = weightAt(site, index);
  if (sizeOf(w.shape) !== parts * sizeOf(shape))
    return wrongShape(
      site,
      `input ${index + 1} is ${showShape(w.shape)}, ${parts} times ${showShape(shape)} is needed`,
    );
  const recipe = (i: number): string => `part ${i} of ${showShape(shape)}`;
  return Array.from({ length: parts }, (_, i) =>
    site.derive(w, recipe(i), (from) => partOfWeight(from, shape, i)),
  );
};

const optionalCut = (site: Site, index: number, parts: number, shape: Shape): readonly Weight[] | null =>
  optionalAt(site, index) === null ? null : cut(site, index, parts, shape);

/** A state of zeros is what a cell starts with anyway. */
const unlessZero = (w: Weight | null): Weight | null =>
  w === null || valuesOf(w).every((x) => x === 0) ? null : w;

/** What each direction does with each sample, but for what it emits. */
const cellsOf = (site: Site, plan: Plan): ((direction: number, sample: number) => Omit<Attrs, "emit">) => {
  const { kind, units, channels, batch, reverse, batchFirst } = plan;
  const count = reverse.length;
  const rows = gatesOf[kind] * units;
  const inputs = cut(site, 1, count, [rows, channels]);
  const states = cut(site, 2, count, [rows, units]);
  const biases = optionalCut(site, 3, count, [2 * rows]);
  const peepholes = kind === "lstm" ? optionalCut(site, 7, count, [3 * units]) : null;
  const hidden = optionalCut(site, 5, count * batch, [units]);
  const cells = kind === "lstm" ? optionalCut(site, 6, count * batch, [units]) : null;
  const functions = functionsOf(site, count, defaultsOf[kind]);
  const clip = boundOf(site, "clip", Infinity);
  if (!(clip > 0)) return wrongAttribute(site, "clip", `it is ${clip}, a number above 0 is needed`);
  return (d, sample) => {
    const at = batchFirst ? sample * count + d : d * batch + sample;
    return {
      cell: kind,
      input: item(inputs, d),
      hidden: item(states, d),
      bias: biases?.[d] ?? null,
      initial: unlessZero(hidden?.[at] ?? null),
      initialCell: unlessZero(cells?.[at] ?? null),
      peephole: peepholes?.[d] ?? null,
      activations: item(functions, d),
      reverse: item(reverse, d),
      linearBeforeReset: kind === "gru" && flagOf(site, "linear_before_reset", false),
      coupled: kind === "lstm" && flagOf(site, "input_forget", false),
      clip,
    };
  };
};

/** The steps of one sample that count, [T, C]. */
const sampleOf = (site: Site, plan: Plan, x: TensorNode, sample: number): TensorNode => {
  const { batchFirst, batch, steps, channels, lengths } = plan;
  const length = item(lengths, sample);
  const sizes = batchFirst ? [1, length, channels] : [length, 1, channels];
  const starts = batchFirst ? [sample, 0, 0] : [0, sample, 0];
  const part = batch === 1 && length === steps ? x : site.make("slice", [x], { starts, sizes });
  return viewAs(site, part, [length, channels]);
};

/** Y is [T, D, B, H] (layout 1: [B, T, D, H]); states are [D, B, H] (layout 1: [B, D, H]). */
const assembled = (
  site: Site,
  plan: Plan,
  emit: Emit,
  parts: readonly (readonly TensorNode[])[],
): TensorNode => {
  const { batchFirst, steps, units, lengths } = plan;
  const sequence = emit === "sequence";
  const samples = parts.map((directions, sample) => {
    const behind = steps - item(lengths, sample);
    const views = directions.map((node) => {
      const full =
        sequence && behind > 0
          ? site.make("pad", [node], {
              pads: [
                [0, behind],
                [0, 0],
              ],
            })
          : node;
      if (!sequence) return viewAs(site, full, [1, 1, units]);
      return viewAs(site, full, batchFirst ? [1, steps, 1, units] : [steps, 1, 1, units]);
    });
    return inARow(site, views, (sequence ? 1 : 0) + (batchFirst ? 1 : 0));
  });
  if (batchFirst) return inARow(site, samples, 0);
  return inARow(site, samples, sequence ? 2 : 1);
};

/** A cell over a sequence: all its states, the last one, and for an LSTM its last cell. */
const recurrence = (kind: Kind): Importer => ({
  inputs: [3, kind === "lstm" ? 8 : 6],
  attributes: [
    ...["activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size", "layout"],
    // Before opset 7; says which outputs are made.
    "output_sequence",
    ...(kind === "lstm" ? ["input_forget"] : []),
    ...(kind === "gru" ? ["linear_before_reset"] : []),
  ],
  run: (site): readonly Value[] => {
    const x = whole(site, valueAt(site, 0));
    const plan = planOf(site, kind, x.type.shape);
    const attrsOf = cellsOf(site, plan);
    const sources = plan.lengths.map((_, sample) => sampleOf(site, plan, x, sample));
    const emits: readonly Emit[] = kind === "lstm" ? ["sequence", "last", "cell"] : ["sequence", "last"];
    return emits.map((emit) => {
      const parts = sources.map((source, sample) =>
        plan.reverse.map((_, d) => site.make("recurrent", [source], { ...attrsOf(d, sample), emit })),
      );
      return settled(site, assembled(site, plan, emit, parts), "FLOAT");
    });
  },
});

/** Cells that keep a state from step to step, by operator. */
export const recurrences: Readonly<Record<string, Importer>> = {
  GRU: recurrence("gru"),
  LSTM: recurrence("lstm"),
  RNN: recurrence("rnn"),
};
