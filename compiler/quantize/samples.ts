import type { TensorGraph } from "../ir/tensor/index.ts";
import type { DataSet, Sample } from "../pass/index.ts";
import { leavesFor } from "./leaves.ts";

/** The samples that a calibration looks at; one at a time, since all together may not fit into memory. */
export interface Samples {
  readonly count: number;
  readonly at: (index: number) => Sample;
}

/** At most `most` samples, evenly spread over a data set, so that one sorted by class is no trap. */
export const spreadSamples = (data: DataSet, most: number): Samples => {
  const count = Math.min(most, data.size);
  return { count, at: (index) => data.sample(Math.floor((index * data.size) / count)) };
};

/** Every k-th of `samples`, at most `most`. */
export const fewerSamples = (samples: Samples, most: number): Samples => {
  const count = Math.max(1, Math.min(most, samples.count));
  return { count, at: (index) => samples.at(Math.floor((index * samples.count) / count)) };
};

/** The calibration data, or synthetic images up to `top` where there are none. */
export const calibrationSamples = (
  graph: TensorGraph,
  data: DataSet | null,
  most: number,
  seed: number,
  top: number,
): Samples => spreadSamples(data ?? leavesFor(graph, most, seed, top), most);
