import { type Numbers, type PerOp, valuesOf } from "../../compiler/ir/core/index.ts";
import {
  forGeneralOps,
  type Tensor,
  type TensorGraph,
  type TensorNode,
} from "../../compiler/ir/tensor/index.ts";
import { evaluator, type Run } from "../evaluate.ts";
import { givenFor } from "../given.ts";
import { joined, summed } from "../kernels/join.ts";
import { conv } from "./conv.ts";
import { dense } from "./dense.ts";
import { affine, batchNorm, unary } from "./pointwise.ts";
import { averagePool, maxPool } from "./pool.ts";
import { dequantize, quantize } from "./quantize.ts";
import { softmax } from "./softmax.ts";
import { transpose } from "./transpose.ts";

export type TensorRun = Run<Tensor>;

const equations: PerOp<Tensor, Numbers> = {
  ...forGeneralOps(({ op }: TensorNode): never => {
    throw new Error(`${op} has no equation`);
  }),
  input: ({ attrs: { name } }) => {
    throw new Error(`input ${name} is not listed by its graph`);
  },
  constant: ({ attrs: { value } }) => ({ shape: value.shape, data: valuesOf(value) }),
  opaque: ({ attrs: { kind } }) => {
    throw new Error(`${kind} has no equation, so it does not run`);
  },
  dense: (node, of) => dense(node, of(node.inputs[0])),
  conv: (node, of) => conv(node, of(node.inputs[0])),
  batchNorm: (node, of) => batchNorm(node, of(node.inputs[0])),
  affine: (node, of) => affine(node, of(node.inputs[0])),
  quantize: (node, of) => quantize(node, of(node.inputs[0])),
  dequantize: (node, of) => dequantize(node, of(node.inputs[0])),
  unary: (node, of) => unary(node, of(node.inputs[0])),
  add: ({ inputs }, of) => summed(inputs.map(of)),
  softmax: (node, of) => softmax(node, of(node.inputs[0])),
  maxPool: (node, of) => maxPool(node, of(node.inputs[0])),
  averagePool: (node, of) => averagePool(node, of(node.inputs[0])),
  reshape: ({ inputs: [x], type: { shape } }, of) => ({ shape, data: of(x).data }),
  transpose: (node, of) => transpose(node, of(node.inputs[0])),
  concat: ({ inputs, attrs: { axis }, type: { shape } }, of) => joined(inputs.map(of), axis, shape),
};

const evaluate = evaluator<Tensor>(equations);

/** Runs one sample in doubles; `inputs` by name, each of the shape that its input node says. */
export const runTensor = (graph: TensorGraph, inputs: ReadonlyMap<string, Numbers>): TensorRun => {
  const given = new Map<TensorNode, Numbers>();
  for (const input of graph.inputs) given.set(input, givenFor(inputs, input.attrs.name, input.attrs.shape));
  return evaluate(graph, given);
};
