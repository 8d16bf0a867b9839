import * as activation from "./ops/activation.ts";
import * as arithmetic from "./ops/arithmetic.ts";
import { batchNormalization } from "./ops/batch-norm.ts";
import { concat } from "./ops/concat.ts";
import { constantOf } from "./ops/constant.ts";
import { conv } from "./ops/conv.ts";
import { gemm, matMul } from "./ops/dense.ts";
import { dropout, identity } from "./ops/pass-through.ts";
import * as pool from "./ops/pool.ts";
import { flatten, reshape, squeeze, unsqueeze } from "./ops/reshape.ts";
import { softmax } from "./ops/softmax.ts";
import { transpose } from "./ops/transpose.ts";
import type { Importer } from "./site.ts";

/** The operators of the ONNX domain that are read, by name. */
export const importers: ReadonlyMap<string, Importer> = new Map([
  ["Add", arithmetic.add],
  ["AveragePool", pool.averagePool],
  ["BatchNormalization", batchNormalization],
  ["Clip", activation.clip],
  ["Concat", concat],
  ["Constant", constantOf],
  ["Conv", conv],
  ["Div", arithmetic.divide],
  ["Dropout", dropout],
  ["Flatten", flatten],
  ["Gemm", gemm],
  ["GlobalAveragePool", pool.globalAveragePool],
  ["GlobalMaxPool", pool.globalMaxPool],
  ["Identity", identity],
  ["LeakyRelu", activation.leakyRelu],
  ["MatMul", matMul],
  ["MaxPool", pool.maxPool],
  ["Mul", arithmetic.multiply],
  ["Relu", activation.relu],
  ["Reshape", reshape],
  ["Sigmoid", activation.sigmoid],
  ["Softmax", softmax],
  ["Squeeze", squeeze],
  ["Sub", arithmetic.subtract],
  ["Sum", arithmetic.sumOf],
  ["Tanh", activation.tanh],
  ["Transpose", transpose],
  ["Unsqueeze", unsqueeze],
]);

/** Null for an operator that is not read. */
export const importerOf = (domain: string, opType: string): Importer | null =>
  domain === "" ? (importers.get(opType) ?? null) : null;
