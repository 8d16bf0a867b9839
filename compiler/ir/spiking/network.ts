import { type Branded, type Infer, schema, type Values } from "../core/index.ts";
import { levelFunction } from "../integer/index.ts";
import { linearMap } from "../linear/index.ts";

const { bool, brand, float, int, lines, list, nullable, or, origins, record, text, variant, weight, word } =
  schema;

export const populationId = brand("population");
export type PopulationId = Branded<"population">;

/** How a level q travels. Everything an engine, a bound or a proof needs to know about a code is in these numbers. */
export const spikeCode = variant({
  /** Theorem B. Digit t of the level is d_t = min(limit, floor(rest / g_t)), rest -= g_t d_t: the greedy digits of q. */
  phased: { gains: list(int), limit: or(int, 1), across: or(word("time", "lanes"), "time") },
  /** Theorem A. Every step sends clip(f(S) - k, -slew, slew), k += sent; no slew: all of it. */
  tracking: { slew: nullable(int) },
  /** What the model emits, as it comes: spikes, or a number a message where `payload`; nothing for read-outs. */
  plain: { payload: or(bool, false) },
});
export type SpikeCode = Infer<typeof spikeCode>;

/**
 * A neuron with state under a clock. x is what arrives in a step, b the bias of the population:
 *   i <- currentDecay i + x
 *   v <- decay v + (1 - decay) rest + drive (i + b)
 * A spike when v is above the threshold, then the reset; without a threshold v itself is sent in every step. Parameters
 * hold one entry, one per channel or one per neuron. With an adaptation the threshold is higher by a:
 * a <- decay a before the comparison, a <- a + step at a spike.
 */
export const membrane = {
  /** None: i is x. */
  currentDecay: nullable(weight),
  decay: weight,
  /** None: 1. */
  drive: nullable(weight),
  /** None: 0. */
  rest: nullable(weight),
  /** v before the first step; none: 0. */
  start: nullable(weight),
  /** None: v is sent. */
  threshold: nullable(weight),
  /** `above`: spike when v > threshold (Loihi); `reached`: v >= threshold (SpiNNaker). */
  comparator: word("above", "reached"),
  /** The v of the step before is compared; the reset acts on the v of this step. */
  spikeFirst: or(bool, false),
  /** What happens to v after a spike, in the same update: `subtract` takes the threshold from it, `keep` leaves it. */
  reset: variant({ value: { /** None: 0. */ to: nullable(weight) }, subtract: {}, keep: {} }),
  /** Steps after a spike in which v stays as the reset left it and nothing is compared. */
  refractory: or(int, 0),
  adaptation: nullable(record({ decay: weight, step: weight })),
  /** Least potential that is kept, or none. */
  floor: nullable(int),
  /** `current`: i <- currentDecay i + x + b, and v takes i alone. */
  biasOn: or(word("potential", "current"), "potential"),
};

/** How given values become a stream of spikes or currents; times in steps. */
export const encoding = variant({
  /** In each of `steps` steps a spike with probability |x| peak, by a fixed sequence of the seed; x < 0 sends -1. */
  rate: { peak: float, steps: int, seed: int },
  /** One spike at step round((1 - x) (steps - 1)), for 0 < x <= 1. */
  latency: { steps: int },
  /** x in every one of `steps` steps. */
  current: { steps: int },
  /** Given a stream: 1 or -1 whenever it has moved by `threshold` since the last message. */
  delta: { threshold: float },
});
export type Encoding = Infer<typeof encoding>;

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
  /** Spikes or currents given from outside, step by step, or what `code` makes of given values. */
  events: { code: nullable(encoding) },
  /** Sends on in the same step what arrives, and its bias. */
  relay: {},
  membrane,
  /**
   * x is the sum of all that ever arrived, and the bias. Sends d = x - sent + rest whenever |d| >= threshold, divided by
   * 2^shift and rounded down; rest is what was not sent. `rectify`: max(x, 0) instead of x. (Lava: proc/sdn/models.py)
   */
  sigmaDelta: { threshold: weight, rectify: or(bool, true), shift: or(int, 0) },
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

/** Name in the user's model of what a population computes. */
export const modelName = ({ origins: [origin], id }: Population): string => origin?.name ?? id;

/**
 * Adds gain * A d to the target for the digits d that arrive. Under `clock` a message sent at t acts at t + hop + delay
 * (of a relay: t + delay), under `stream` at t + 1 + delay, under `phases` before the phase of its target. Projections of
 * many lanes share one map object.
 */
export const projection = record({
  from: populationId,
  to: populationId,
  map: linearMap,
  gain: or(int, 1),
  delay: or(int, 0),
  /** Further steps: [from], one per source, or [to, from], one per synapse. */
  delays: nullable(weight),
});
export type Projection = Infer<typeof projection>;

export const schedule = variant({
  /** Barrier after each; phase p belongs to populations with start p. */
  phases: { lengths: list(int) },
  /** Until quiescent; steps is the proved bound. */
  stream: { steps: int },
  /** A sample takes `steps` steps; 0: as many as are given. */
  clock: {
    steps: int,
    /** A new sample may enter every so many steps; none: one a run, which begins with the start of every state. */
    interval: nullable(int),
    /** At step `start` of every sample the states of a population go back to their start, before the update. */
    restart: or(bool, false),
    /** Steps that a message takes by itself: 1 on chips, 0 where layers follow each other within a step. */
    hop: or(int, 1),
    /** Seconds of a step, where time constants came from somewhere. */
    seconds: nullable(float),
    /** How time constants became decays: 1 - dt / tau, or e^(-dt / tau). */
    rule: or(word("given", "euler", "exponential"), "given"),
  },
});
export type Schedule = Infer<typeof schedule>;

export const arithmetic = variant({
  /** Integers with proved ranges. */
  exact: {},
  /** Doubles. */
  real: {},
  /**
   * A chip's own integers. Sums of a step wrap at `accumulatorBits` and are shifted left by `weightShift`; i and v keep
   * to their bits as stated; decays are multiples of 2^-decayBits and products round as stated.
   */
  fixed: {
    decayBits: int,
    weightShift: or(int, 0),
    rounding: or(word("towardZero", "down", "nearest"), "towardZero"),
    accumulatorBits: int,
    currentBits: int,
    currentOverflow: or(word("wrap", "clip"), "wrap"),
    voltageBits: int,
    voltageOverflow: or(word("wrap", "clip"), "clip"),
  },
  /** Unsigned saturating sums per sign (ring buffers) of `bufferBits`, then state of `stateBits`. */
  buffered: { bufferBits: int, stateBits: int },
});
export type Arithmetic = Infer<typeof arithmetic>;

export const readOut = record({
  name: text,
  from: populationId,
  /**
   * `sum`: S at the end; `level`: q; `spikes`: sum of what was sent; `firstSpike`: step of the first message, or the
   * number of steps; `potential`: v of a membrane as it was compared, or what a relay sent, divided by `unit`.
   */
  read: word("sum", "level", "spikes", "firstSpike", "potential"),
  /** Which potential: of the last step (where samples overlap: of the step `start`), or over all steps. */
  over: or(word("last", "mean", "greatest"), "last"),
  scale: list(float),
  /** Steps at the beginning of a sample that do not count. */
  after: or(int, 0),
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
