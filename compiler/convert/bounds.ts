import { unreachable } from "../diagnostics/index.ts";
import {
  levelRange,
  type Population,
  type PopulationId,
  type Projection,
  type SpikingNetwork,
  sizeOf,
} from "../ir/index.ts";

/** Least and greatest level that a population sends. */
export type LevelRange = readonly [number, number];

/** What no sample exceeds. */
export interface Bounds {
  /** Steps from the first input to the last output. */
  readonly steps: number;
  /** Messages of the whole network for one sample. */
  readonly spikes: number;
  /** Messages of one neuron, by population. */
  readonly perNeuron: ReadonlyMap<PopulationId, number>;
}

type Wiring = Pick<SpikingNetwork, "populations" | "projections">;

/** Populations with their incoming projections, sources first. `start` rises along every projection. */
const inOrder = ({
  populations,
  projections,
}: Wiring): readonly (readonly [Population, readonly Projection[]])[] => {
  const incoming = new Map<PopulationId, Projection[]>(populations.map((p) => [p.id, []]));
  for (const q of projections) incoming.get(q.to)?.push(q);
  const sorted = [...populations].sort((a, b) => a.start - b.start);
  return sorted.map((p) => [p, incoming.get(p.id) ?? []]);
};

const rangeOf = (
  p: Population,
  incoming: readonly Projection[],
  known: ReadonlyMap<PopulationId, LevelRange>,
): LevelRange => {
  switch (p.model.kind) {
    case "input":
      return [p.model.low, p.model.high];
    case "levels":
      return levelRange(p.model.fn);
    case "maximum": {
      const sources = incoming.map((q) => known.get(q.from) ?? [0, 0]);
      return [Math.min(...sources.map(([low]) => low)), Math.max(...sources.map(([, high]) => high))];
    }
    default:
      return [0, 0];
  }
};

/** Levels of every population of an abstract network. */
export const levelRanges = (network: Wiring): ReadonlyMap<PopulationId, LevelRange> => {
  const known = new Map<PopulationId, LevelRange>();
  for (const [p, incoming] of inOrder(network)) known.set(p.id, rangeOf(p, incoming, known));
  return known;
};

interface Wave {
  /** Step from which the sum no longer changes. */
  readonly settled: number;
  /** Step from which nothing is sent any more. */
  readonly quiet: number;
}

/**
 * Theorem A: T <= T_in + sum over a path of (delay + ceil(R / slew)). A tracer moves between 0 and its levels, so R is
 * the range of both. A message of step t acts at t + 1 + delay.
 */
const waves = (network: Wiring): ReadonlyMap<PopulationId, Wave> => {
  const ranges = levelRanges(network);
  const known = new Map<PopulationId, Wave>();
  for (const [p, incoming] of inOrder(network)) {
    const settled = incoming.reduce(
      (t, q) => Math.max(t, (known.get(q.from)?.quiet ?? 0) + q.delay),
      p.start,
    );
    const [low, high] = ranges.get(p.id) ?? [0, 0];
    const range = Math.max(0, high) - Math.min(0, low);
    const slew = p.code.kind === "tracking" ? (p.code.slew ?? Math.max(1, range)) : 1;
    known.set(p.id, { settled, quiet: settled + Math.ceil(range / slew) });
  }
  return known;
};

/** Steps after which a stream is quiet and every sum is final. */
export const streamSteps = (network: Wiring): number =>
  [...waves(network).values()].reduce((steps, { settled, quiet }) => Math.max(steps, quiet, settled + 1), 1);

/** Non-zero greedy digits of a level. */
const digitsOf = (level: number, gains: readonly number[], limit: number): number => {
  let rest = level;
  let count = 0;
  for (const gain of gains) {
    if (rest === 0) break;
    const digit = Math.min(limit, Math.floor(rest / gain));
    if (digit > 0) count++;
    rest -= digit * gain;
  }
  return count;
};

const mostDigits = (gains: readonly number[], limit: number, [low, high]: LevelRange): number => {
  if (gains.length === 1) return low === 0 && high === 0 ? 0 : 1;
  let most = 0;
  for (let q = 0; q <= high; q++) most = Math.max(most, digitsOf(q, gains, limit));
  return most;
};

/** Most messages of one neuron; a tracker may send one a step from its start until it is quiet. */
const messagesOf = ({ code, start }: Population, range: LevelRange, quiet: number): number => {
  switch (code.kind) {
    case "phased":
      return mostDigits(code.gains, code.limit, range);
    case "tracking":
      return quiet - start;
    case "plain":
      return 0;
    default:
      return unreachable(code);
  }
};

/** Bounds of an abstract network, from its codes, level ranges and depth alone. */
export const boundsOf = (network: SpikingNetwork): Bounds => {
  const { schedule, populations } = network;
  const ranges = levelRanges(network);
  const known = waves(network);
  const perNeuron = new Map(
    populations.map((p) => [p.id, messagesOf(p, ranges.get(p.id) ?? [0, 0], known.get(p.id)?.quiet ?? 0)]),
  );
  const spikes = populations.reduce((sum, p) => sum + sizeOf(p.shape) * (perNeuron.get(p.id) ?? 0), 0);
  const steps = schedule.kind === "phases" ? schedule.lengths.reduce((a, b) => a + b, 0) : schedule.steps;
  return { steps, spikes, perNeuron };
};
