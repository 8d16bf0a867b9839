import { item, spreadTo, valuesOf, type Weight } from "../../compiler/ir/core/index.ts";
import type { Membrane } from "../../compiler/ir/spiking/index.ts";
import type { Site } from "./wiring.ts";

/** a of every neuron is added to its threshold: a <- decay a, and a <- a + step at a spike. */
export interface Adaptation {
  readonly a: Float64Array;
  readonly decay: Float64Array;
  readonly step: Float64Array;
}

/** State and parameters of the membranes of one population: one entry a neuron. */
export interface Membranes {
  readonly size: number;
  readonly v: Float64Array;
  /** Null where i is the input of the step alone. */
  readonly u: Float64Array | null;
  /** v of the last step as it was compared, before any reset. */
  readonly compared: Float64Array;
  readonly decay: Float64Array;
  readonly currentDecay: Float64Array;
  readonly drive: Float64Array;
  /** What every step adds to v: (1 - decay) rest + drive b. */
  readonly constant: Float64Array;
  /** What every step adds to i; null is nothing. */
  readonly currentBias: Float64Array | null;
  /** v at the start; null is zero. */
  readonly start: Float64Array | null;
  /** Null: v is sent. */
  readonly threshold: Float64Array | null;
  readonly floor: number;
  /** Spike when v > threshold, else when v >= threshold. */
  readonly above: boolean;
  readonly spikeFirst: boolean;
  readonly reset: Membrane["reset"]["kind"];
  readonly resetTo: Float64Array;
  readonly refractory: number;
  /** Steps for which v is still held; null where there is no refractory time. */
  readonly held: Int32Array | null;
  readonly adaptation: Adaptation | null;
  /** Elements that fired, or sent v, in the last step; the first `count` entries. */
  readonly fired: Int32Array;
  count: number;
  /** The last step had no input and changed nothing: another one without input can be left out. */
  settled: boolean;
}

/** One number a neuron. */
const perNeuron = (size: number, given: Weight | null, otherwise = 0): Float64Array =>
  given === null ? new Float64Array(size).fill(otherwise) : spreadTo(valuesOf(given), size);

const constantOf = ({ size, bias }: Site, model: Membrane): Float64Array => {
  const [decay, drive] = [perNeuron(size, model.decay), perNeuron(size, model.drive, 1)];
  const constant = perNeuron(size, model.rest).map((rest, e) =>
    rest === 0 ? 0 : (1 - item(decay, e)) * rest,
  );
  if (bias === null || model.biasOn === "current") return constant;
  return constant.map((c, e) => c + item(drive, e) * item(bias, e));
};

const adaptationOf = (size: number, { adaptation }: Membrane): Adaptation | null =>
  adaptation === null
    ? null
    : {
        a: new Float64Array(size),
        decay: perNeuron(size, adaptation.decay),
        step: perNeuron(size, adaptation.step),
      };

/** `keepsCurrent`: i is kept even where no step needs that of the step before. */
export const openMembranes = (site: Site, model: Membrane, keepsCurrent = false): Membranes => {
  const { size, bias } = site;
  const { reset, threshold } = model;
  const start = model.start === null ? null : perNeuron(size, model.start);
  return {
    size,
    v: start === null ? new Float64Array(size) : start.slice(),
    u: model.currentDecay === null && !keepsCurrent ? null : new Float64Array(size),
    compared: new Float64Array(size),
    decay: perNeuron(size, model.decay),
    currentDecay: perNeuron(size, model.currentDecay),
    drive: perNeuron(size, model.drive, 1),
    constant: constantOf(site, model),
    currentBias: model.biasOn === "current" ? bias : null,
    start,
    threshold: threshold === null ? null : perNeuron(size, threshold),
    floor: model.floor ?? -Infinity,
    above: model.comparator === "above",
    spikeFirst: model.spikeFirst,
    reset: reset.kind,
    resetTo: perNeuron(size, reset.kind === "value" ? reset.to : null),
    refractory: model.refractory,
    held: model.refractory > 0 ? new Int32Array(size) : null,
    adaptation: adaptationOf(size, model),
    fired: new Int32Array(size),
    count: 0,
    settled: false,
  };
};

/** All states as they are before the first step. */
export const restartMembranes = (cells: Membranes): void => {
  if (cells.start === null) cells.v.fill(0);
  else cells.v.set(cells.start);
  cells.u?.fill(0);
  cells.held?.fill(0);
  cells.adaptation?.a.fill(0);
  cells.settled = false;
};
