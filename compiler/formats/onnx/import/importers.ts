import { activations } from "./ops/activation.ts";
import { arithmetic } from "./ops/arithmetic.ts";
import { attentions } from "./ops/attention.ts";
import { batchNormalization } from "./ops/batch-norm.ts";
import { casts } from "./ops/cast.ts";
import { concat } from "./ops/concat.ts";
import { constants } from "./ops/constant.ts";
import { conv, convTranspose } from "./ops/conv.ts";
import { gemm, matMul } from "./ops/dense.ts";
import { einsum } from "./ops/einsum.ts";
import { gathers } from "./ops/gather.ts";
import { integerLayers, runtimeLayers } from "./ops/integer-layers.ts";
import { norms } from "./ops/norms.ts";
import { dropout, identity } from "./ops/pass-through.ts";
import { pools } from "./ops/pool.ts";
import { qonnx, qonnxDomains } from "./ops/qonnx.ts";
import { quantizers } from "./ops/quantized.ts";
import { recurrences } from "./ops/recurrent.ts";
import { reductions } from "./ops/reduce.ts";
import { flatten, reshape, squeeze, unsqueeze } from "./ops/reshape.ts";
import { resizes } from "./ops/resize.ts";
import { slices } from "./ops/slice.ts";
import { softmaxes } from "./ops/softmax.ts";
import { spaces } from "./ops/space.ts";
import { transpose } from "./ops/transpose.ts";
import { trilu } from "./ops/trilu.ts";
import { views } from "./ops/views.ts";
import type { Importer } from "./site.ts";

const layers: Readonly<Record<string, Importer>> = {
  BatchNormalization: batchNormalization,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  Dropout: dropout,
  Einsum: einsum,
  Flatten: flatten,
  Gemm: gemm,
  Identity: identity,
  MatMul: matMul,
  Reshape: reshape,
  Squeeze: squeeze,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: unsqueeze,
};

/** The operators of the ONNX domain that are read, by name, sorted. */
export const importers: ReadonlyMap<string, Importer> = new Map(
  [
    layers,
    activations,
    arithmetic,
    attentions,
    casts,
    constants,
    gathers,
    integerLayers,
    norms,
    pools,
    quantizers,
    recurrences,
    reductions,
    resizes,
    slices,
    softmaxes,
    spaces,
    views,
  ]
    .flatMap((table) => Object.entries(table))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** Null for an operator that is not read. */
export const importerOf = (domain: string, opType: string): Importer | null => {
  if (domain === "com.microsoft") return ownEntry(runtimeLayers, opType);
  const known = domain === "" ? (importers.get(opType) ?? null) : null;
  return known ?? (qonnxDomains.includes(domain) ? ownEntry(qonnx, opType) : null);
};

/** An operator with the domain that it is written with. */
export interface Operator {
  readonly domain: string;
  readonly op: string;
  readonly importer: Importer;
}

/** Every operator that is read. */
export const operators: readonly Operator[] = [
  ...[...importers].map(([op, importer]) => ({ domain: "", op, importer })),
  ...Object.entries(qonnx).map(([op, importer]) => ({ domain: "qonnx.custom_op.general", op, importer })),
  ...Object.entries(runtimeLayers).map(([op, importer]) => ({ domain: "com.microsoft", op, importer })),
];

const ownEntry = (table: Readonly<Record<string, Importer>>, opType: string): Importer | null =>
  Object.hasOwn(table, opType) ? (table[opType] ?? null) : null;
