import { rewrite } from "../ir/core/index.ts";
import { type Tensor, type TensorGraph, tensorLevel } from "../ir/tensor/index.ts";
import { producerRules } from "./sink-into-producers.ts";
import { readerRules } from "./sink-into-readers.ts";

/** One sweep that moves affine maps into the weights before and behind them; the function stays the same. */
export const sinkGains = (graph: TensorGraph): TensorGraph =>
  rewrite<Tensor>(tensorLevel, graph, { ...readerRules, ...producerRules });
