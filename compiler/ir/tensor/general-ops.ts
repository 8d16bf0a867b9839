import type { NodeOf } from "../core/index.ts";
import type { Tensor } from "./ops.ts";

/** Ops that compute on whole tensors; analyses of channels and levels treat them alike unless they say otherwise. */
export const generalOps = [
  "argmax",
  "binary",
  "cast",
  "convTranspose",
  "expand",
  "gather",
  "matmul",
  "normalize",
  "pad",
  "prelu",
  "recurrent",
  "reduce",
  "resample",
  "scatter",
  "select",
  "slice",
  "steps",
  "topK",
] as const;

export type GeneralOp = (typeof generalOps)[number];

export type GeneralNode = NodeOf<Tensor, GeneralOp>;

/** One entry for all general ops, to be spread into a total table. */
export const forGeneralOps = <V>(entry: V): Readonly<Record<GeneralOp, V>> => ({
  argmax: entry,
  binary: entry,
  cast: entry,
  convTranspose: entry,
  expand: entry,
  gather: entry,
  matmul: entry,
  normalize: entry,
  pad: entry,
  prelu: entry,
  recurrent: entry,
  reduce: entry,
  resample: entry,
  scatter: entry,
  select: entry,
  slice: entry,
  steps: entry,
  topK: entry,
});
