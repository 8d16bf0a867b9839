import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  decodeModel,
  type OnnxModel,
  type OnnxTensor,
  tensorValues,
} from "../../compiler/formats/onnx/decode/index.ts";
import { Ledger } from "../../compiler/formats/onnx/decode/ledger.ts";
import { decodeTensor } from "../../compiler/formats/onnx/decode/tensor.ts";
import { Wire } from "../../compiler/formats/onnx/decode/wire.ts";
import type { Numbers } from "../../compiler/ir/core/index.ts";

/** Operators of feed-forward networks; a test that uses any other is not considered. */
export const scope: readonly string[] = [
  ...["Add", "AveragePool", "BatchNormalization", "Clip", "Concat", "Constant", "Conv", "ConvTranspose"],
  ...["DepthToSpace", "Div", "Dropout", "Flatten", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Identity"],
  ...["LeakyRelu", "MatMul", "MaxPool", "Mul", "PRelu", "Pad", "Relu", "Reshape", "Softmax", "SpaceToDepth"],
  ...["Squeeze", "Sub", "Sum", "Transpose", "Unsqueeze"],
];

/** One backend test of onnx/onnx:onnx/backend/test/data, `folder` is `<kind>/<test>`. */
export interface Case {
  readonly folder: string;
  /** Its operators, each once and sorted. */
  readonly ops: readonly string[];
  readonly model: OnnxModel;
  /** Folders of stored inputs and outputs. */
  readonly sets: readonly string[];
}

const kinds = ["node", "pytorch-converted", "pytorch-operator", "simple"];

const caseAt = (root: string, folder: string): Case => {
  const model = decodeModel(readFileSync(join(root, folder, "model.onnx")), folder);
  const names = model.graph.nodes.map(({ domain, opType }) =>
    domain === "" ? opType : `${domain}.${opType}`,
  );
  const sets = readdirSync(join(root, folder)).filter((name) => name.startsWith("test_data_set_"));
  return {
    folder,
    ops: [...new Set(names)].sort(),
    model,
    sets: sets.sort().map((set) => join(root, folder, set)),
  };
};

/** The tests under `root` whose operators are all in `scope`. */
export const casesUnder = (root: string): readonly Case[] =>
  kinds.flatMap((kind) =>
    readdirSync(join(root, kind))
      .sort()
      .map((test) => caseAt(root, `${kind}/${test}`))
      .filter(({ ops }) => ops.every((op) => scope.includes(op))),
  );

/** A stored TensorProto. */
export const storedTensor = (set: string, file: string): OnnxTensor =>
  decodeTensor(new Wire(readFileSync(join(set, file)), file), new Ledger(file));

export const numbersOf = (tensor: OnnxTensor): Numbers => {
  const { shape, data } = tensorValues(tensor);
  return { shape, data };
};
