import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  decodeModel,
  type ElementName,
  type OnnxModel,
  type OnnxTensor,
  tensorValues,
} from "../../compiler/formats/onnx/decode/index.ts";
import { Ledger } from "../../compiler/formats/onnx/decode/ledger.ts";
import { decodeTensor } from "../../compiler/formats/onnx/decode/tensor.ts";
import { Wire } from "../../compiler/formats/onnx/decode/wire.ts";
import { nodesWithin } from "../../compiler/formats/onnx/prepare/subgraphs.ts";
import type { Numbers } from "../../compiler/ir/core/index.ts";
import { type Tier, tierOf } from "./tiers.ts";

/** One backend test of onnx/onnx:onnx/backend/test/data, `folder` is `<kind>/<test>`. */
export interface Case {
  readonly folder: string;
  /** Its operators, each once and sorted. */
  readonly ops: readonly string[];
  readonly tier: Tier;
  readonly model: OnnxModel;
  /** Folders of stored inputs and outputs. */
  readonly sets: readonly string[];
}

const kinds = ["node", "pytorch-converted", "pytorch-operator", "simple"];

const plain: readonly (ElementName | null)[] = [
  ...(["FLOAT", "BOOL", "INT8", "INT16", "INT32", "INT64"] as const),
  ...(["UINT8", "UINT16", "UINT32", "UINT64"] as const),
];

/** Tests whose inputs and outputs are single precision, integers of 8 to 64 bits or truth values. */
const isPlain = ({ graph }: OnnxModel): boolean =>
  [...graph.inputs, ...graph.outputs].every(({ element }) => plain.includes(element));

const caseAt = (root: string, folder: string): readonly Case[] => {
  const model = decodeModel(readFileSync(join(root, folder, "model.onnx")), folder);
  const names = nodesWithin(model.graph.nodes).map(({ node: { domain, opType } }) =>
    domain === "" ? opType : `${domain}.${opType}`,
  );
  const ops = [...new Set(names)].sort();
  const tier = tierOf(ops);
  if (tier === null || !isPlain(model)) return [];
  const sets = readdirSync(join(root, folder)).filter((name) => name.startsWith("test_data_set_"));
  return [{ folder, ops, tier, model, sets: sets.sort().map((set) => join(root, folder, set)) }];
};

/** The tests under `root` whose operators are all in a tier. */
export const casesUnder = (root: string): readonly Case[] =>
  kinds.flatMap((kind) =>
    readdirSync(join(root, kind))
      .sort()
      .flatMap((test) => caseAt(root, `${kind}/${test}`)),
  );

/** A stored TensorProto. */
export const storedTensor = (set: string, file: string): OnnxTensor =>
  decodeTensor(new Wire(readFileSync(join(set, file)), file), new Ledger(file));

export const numbersOf = (tensor: OnnxTensor): Numbers => {
  const { shape, data } = tensorValues(tensor);
  return { shape, data };
};
