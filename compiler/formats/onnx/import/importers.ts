import { activations } from "./ops/activation.ts";
import { arithmetic } from "./ops/arithmetic.ts";
import { batchNormalization } from "./ops/batch-norm.ts";
import { casts } from "./ops/cast.ts";
import { concat } from "./ops/concat.ts";
import { constants } from "./ops/constant.ts";
import { conv, convTranspose } from "./ops/conv.ts";
import { gemm, matMul } from "./ops/dense.ts";
import { dropout, identity } from "./ops/pass-through.ts";
import { pools } from "./ops/pool.ts";
import { reductions } from "./ops/reduce.ts";
import { flatten, reshape, squeeze, unsqueeze } from "./ops/reshape.ts";
import { softmaxes } from "./ops/softmax.ts";
import { transpose } from "./ops/transpose.ts";
import { views } from "./ops/views.ts";
import type { Importer } from "./site.ts";

const layers: Readonly<Record<string, Importer>> = {
  BatchNormalization: batchNormalization,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  Dropout: dropout,
  Flatten: flatten,
  Gemm: gemm,
  Identity: identity,
  MatMul: matMul,
  Reshape: reshape,
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};

/** The operators of the ONNX domain that are read, by name, sorted. */
export const importers: ReadonlyMap<string, Importer> = new Map(
  [layers, activations, arithmetic, casts, constants, pools, reductions, softmaxes, views]
    .flatMap((table) => Object.entries(table))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** Null for an operator that is not read. */
export const importerOf = (domain: string, opType: string): Importer | null =>
  domain === "" ? (importers.get(opType) ?? null) : null;
