import { item, type Random, randomFrom, sizeOf } from "../ir/core/index.ts";
import type { TensorGraph } from "../ir/tensor/index.ts";
import type { Evaluator } from "../pass/index.ts";
import type { Point } from "./points.ts";
import type { Samples } from "./samples.ts";

/** What calibration keeps of one value: bounds over everything, and a bounded choice of positions. */
export interface ChannelStatistics {
  readonly point: Point;
  /** Greatest |y| of each channel; one entry when the value has one scale. */
  readonly greatest: Float64Array;
  /** Least and greatest value of all. */
  readonly least: number;
  readonly most: number;
  /** Values of each channel at the same randomly chosen positions, at most 20,000. */
  readonly kept: readonly Float32Array[];
}

const mostPositions = 20_000;
/** Bound of all kept values together (64 MB). */
const mostKept = 1 << 24;

interface Collector {
  readonly add: (data: Float64Array) => void;
  readonly done: () => ChannelStatistics;
}

const chosenPositions = (inner: number, count: number, random: Random): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => (count === inner ? i : random.below(inner)));

const collectorOf = (point: Point, samples: number, positions: number, random: Random): Collector => {
  const size = sizeOf(point.read.type.shape);
  const channels = point.perChannel ? item(point.node.type.shape, 0) : 1;
  const inner = size / channels;
  const perSample = Math.min(inner, Math.max(1, Math.floor(positions / samples)));
  const greatest = new Float64Array(channels);
  const kept = Array.from({ length: channels }, () => new Float32Array(perSample * samples));
  let least = Infinity;
  let most = -Infinity;
  let filled = 0;
  const add = (data: Float64Array): void => {
    const chosen = chosenPositions(inner, perSample, random);
    for (let c = 0; c < channels; c++) {
      let worst = greatest[c] ?? 0;
      for (let i = c * inner; i < (c + 1) * inner; i++) {
        const y = data[i] ?? 0;
        // Written so that a NaN stays.
        if (!(Math.abs(y) <= worst)) worst = Math.abs(y);
        if (y < least) least = y;
        if (y > most) most = y;
      }
      greatest[c] = worst;
      const row = item(kept, c);
      for (let i = 0; i < perSample; i++) row[filled + i] = data[c * inner + (chosen[i] ?? 0)] ?? 0;
    }
    filled += perSample;
  };
  return { add, done: () => ({ point, greatest, least, most, kept }) };
};

/** Runs the float graph on every sample and keeps bounds and chosen positions of the points. */
export const collectStatistics = (
  graph: TensorGraph,
  points: readonly Point[],
  samples: Samples,
  tensor: Evaluator<"tensor">,
  seed: number,
): readonly ChannelStatistics[] => {
  const channels = points.reduce((sum, p) => sum + (p.perChannel ? item(p.node.type.shape, 0) : 1), 0);
  const positions = Math.min(mostPositions, Math.floor(mostKept / Math.max(1, channels)));
  const collectors = points.map((point, i) => ({
    point,
    ...collectorOf(point, samples.count, positions, randomFrom(seed + i)),
  }));
  for (let i = 0; i < samples.count; i++) {
    const trace = tensor.run(graph, samples.at(i));
    for (const { point, add } of collectors) add(trace.at(point.read).data);
  }
  return collectors.map((c) => c.done());
};
