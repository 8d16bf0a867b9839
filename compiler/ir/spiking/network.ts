import { type Branded, type Infer, schema, type Values } from "../core/index.ts";
import { levelFunction } from "../integer/index.ts";
import { linearMap } from "../linear/index.ts";

const { brand, float, int, lines, list, nullable, or, origins, record, text, variant, weight, word } = schema;

export const populationId = brand("population");
export type PopulationId = Branded<"population">;

/** How a level q travels. Everything an engine, a bound or a proof needs to know about a code is in these numbers. */
export const spikeCode = variant({
  /** Theorem B. Digit t of the level is d_t = min(limit, floor(rest / g_t)), rest -= g_t d_t: the greedy digits of q. */
  phased: { gains: list(int), limit: or(int, 1), across: or(word("time", "lanes"), "time") },
  /** Theorem A. Every step sends clip(f(S) - k, -slew, slew), k += sent; no slew: all of it. */
  tracking: { slew: nullable(int) },
  /** What the model emits, as it comes: a spike, or nothing for read-outs. */
  plain: {},
});
export type SpikeCode = Infer<typeof spikeCode>;

/** How a membrane compares its potential with the threshold, and when it is reset: stated, never implied. */
export const membrane = {
  /** u <- currentDecay u + x; none: u <- x */
  currentDecay: nullable(float),
  /** v <- decay v + u + bias */
  decay: or(float, 0),
  /** Constant drive of every step, one entry or one per neuron. */
  drive: weight,
  /** One entry or one per neuron. */
  threshold: weight,
  /** `above`: spike when v > threshold (Loihi); `reached`: v >= threshold (SpiNNaker). */
  comparator: word("above", "reached"),
  /** What happens to v after a spike, in the same update, after the comparison. */
  reset: word("zero", "none"),
  /** Least potential that is kept, or none. */
  floor: nullable(int),
};

export const neuronModel = variant({
  /** Integer levels from real input: clip(round(x / scale), low, high). */
  input: { low: int, high: int, scale: list(float), round: or(word("even", "up", "floor"), "up") },
  /** Sends one spike when a sample enters; starts the wave of biases. */
  start: {},
  /** S sums what arrives; q = fn(S) goes out in the population's code. */
  levels: { fn: levelFunction },
  /** Gate: q = greatest incident level; the map is the incidence. */
  maximum: {},
  /** S is kept and read, nothing goes out. */
  sum: {},
  membrane,
});
export type NeuronModel = Infer<typeof neuronModel>;
export type Membrane = Extract<NeuronModel, { readonly kind: "membrane" }>;

export const population = record({
  id: populationId,
  shape: list(int),
  model: neuronModel,
  code: spikeCode,
  bias: nullable(weight),
  origins,
  /** Phase (phased), wave-front step (tracking) or step of the sample at which it is read (clock). */
  start: or(int, 0),
});
export type Population = Infer<typeof population>;

/**
 * Adds gain * A d to the target for the digits d that arrive. A spike sent at t acts at t + 1 + delay under `clock` and
 * `stream`; under `phases` it acts before the phase of its target. Projections of many lanes share one map object.
 */
export const projection = record({
  from: populationId,
  to: populationId,
  map: linearMap,
  gain: or(int, 1),
  delay: or(int, 0),
});
export type Projection = Infer<typeof projection>;

export const schedule = variant({
  /** Barrier after each; phase p belongs to populations with start p. */
  phases: { lengths: list(int) },
  /** Until quiescent; steps is the proved bound. */
  stream: { steps: int },
  /** A sample takes `steps` steps from its first spike to its last; a new one may enter every `interval` steps. */
  clock: { steps: int, interval: int },
});
export type Schedule = Infer<typeof schedule>;

export const arithmetic = variant({
  /** Integers with proved ranges. */
  exact: {},
  /**
   * A chip's own integers. Sums of a step wrap at `accumulatorBits`, u at `currentBits`, v is clipped at `voltageBits`;
   * decays are multiples of 2^-decayBits and products round towards zero.
   */
  fixed: { decayBits: int, accumulatorBits: int, currentBits: int, voltageBits: int },
  /** Unsigned saturating sums per sign (ring buffers) of `bufferBits`, then state of `stateBits`. */
  buffered: { bufferBits: int, stateBits: int },
});
export type Arithmetic = Infer<typeof arithmetic>;

export const readOut = record({
  name: text,
  from: populationId,
  /** `sum`: S at the end; `level`: q. `potential`: v of a membrane at its start step, divided by `unit`. */
  read: word("sum", "level", "potential"),
  scale: list(float),
  unit: or(int, 1),
  /** Taken from the potential before dividing. */
  offset: or(int, 0),
});
export type ReadOut = Infer<typeof readOut>;

/** Which lanes of which populations spell a level: level = sum of gain * spike(lane) over `lanes`, `step` steps after the sample entered. */
export const lane = record({ population: populationId, gain: int, step: int });

/** A value of the abstract network, by the id it has there, as the lanes of a realized network spell it. */
export const spelling = record({
  value: populationId,
  shape: list(int),
  lanes: list(lane),
});
export type Spelling = Infer<typeof spelling>;

export const network = {
  name: text,
  schedule,
  arithmetic,
  populations: lines(population),
  projections: lines(projection),
  outputs: lines(readOut),
  /** Only in realized networks: how levels are spelled by spikes of membranes. */
  spellings: or(lines(spelling), []),
};

export type SpikingNetwork = Values<typeof network>;
