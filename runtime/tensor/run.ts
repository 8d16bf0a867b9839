import { type Numbers, type PerOp, valuesOf } from "../../compiler/ir/core/index.ts";
import type { Tensor, TensorGraph, TensorNode } from "../../compiler/ir/tensor/index.ts";
import { evaluator, type Run } from "../evaluate.ts";
import { givenFor } from "../given.ts";
import { joined, summed } from "../kernels/join.ts";
import { storedAs } from "../kernels/storage.ts";
import { binary, select } from "./binary.ts";
import { conv } from "./conv.ts";
import { convTranspose } from "./conv-transpose.ts";
import { dense } from "./dense.ts";
import { gather } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { normalize } from "./normalize.ts";
import { affine, batchNorm, prelu, unary } from "./pointwise.ts";
import { averagePool, maxPool } from "./pool.ts";
import { dequantize, quantize } from "./quantize.ts";
import { argmax, topK } from "./ranks.ts";
import { recurrent } from "./recurrent.ts";
import { reduce } from "./reduce.ts";
import { scatter } from "./scatter.ts";
import { softmax } from "./softmax.ts";
import { steps } from "./steps.ts";
import { expand, pad, resample, slice, transpose } from "./views.ts";

export type TensorRun = Run<Tensor>;

const equations: PerOp<Tensor, Numbers> = {
  input: ({ attrs: { name } }) => {
    throw new Error(`input ${name} is not listed by its graph`);
  },
  constant: ({ attrs: { value } }) => ({ shape: value.shape, data: valuesOf(value) }),
  opaque: ({ attrs: { kind } }) => {
    throw new Error(`${kind} has no equation, so it does not run`);
  },
  dense: (node, of) => dense(node, of(node.inputs[0])),
  conv: (node, of) => conv(node, of(node.inputs[0])),
  convTranspose: (node, of) => convTranspose(node, of(node.inputs[0])),
  batchNorm: (node, of) => batchNorm(node, of(node.inputs[0])),
  affine: (node, of) => affine(node, of(node.inputs[0])),
  prelu: (node, of) => prelu(node, of(node.inputs[0])),
  recurrent: (node, of) => recurrent(node, of(node.inputs[0])),
  quantize: (node, of) => quantize(node, of(node.inputs[0])),
  dequantize: (node, of) => dequantize(node, of(node.inputs[0])),
  steps: (node, of) => steps(node, of(node.inputs[0])),
  unary: (node, of) => unary(node, of(node.inputs[0])),
  add: ({ inputs }, of) => summed(inputs.map(of)),
  binary: (node, of) => binary(node, of(node.inputs[0]), of(node.inputs[1])),
  select: ({ inputs: [picks, x, y] }, of) => select(of(picks), of(x), of(y)),
  cast: ({ inputs: [x], attrs: { to }, type: { shape } }, of) => ({
    shape,
    data: of(x).data.map(storedAs(to)),
  }),
  matmul: (node, of) => matmul(node, of(node.inputs[0]), of(node.inputs[1])),
  softmax: (node, of) => softmax(node, of(node.inputs[0])),
  normalize: (node, of) => normalize(node, of(node.inputs[0])),
  maxPool: (node, of) => maxPool(node, of(node.inputs[0])),
  averagePool: (node, of) => averagePool(node, of(node.inputs[0])),
  reduce: (node, of) => reduce(node, of(node.inputs[0])),
  argmax: (node, of) => argmax(node, of(node.inputs[0])),
  topK: (node, of) => topK(node, of(node.inputs[0])),
  reshape: ({ inputs: [x], type: { shape } }, of) => ({ shape, data: of(x).data }),
  transpose: (node, of) => transpose(node, of(node.inputs[0])),
  slice: (node, of) => slice(node, of(node.inputs[0])),
  expand: (node, of) => expand(node, of(node.inputs[0])),
  pad: (node, of) => pad(node, of(node.inputs[0])),
  concat: ({ inputs, attrs: { axis }, type: { shape } }, of) => joined(inputs.map(of), axis, shape),
  resample: (node, of) => resample(node, of(node.inputs[0])),
  gather: (node, of) => gather(node, of(node.inputs[0]), of(node.inputs[1])),
  scatter: (node, of) => scatter(node, of(node.inputs[0]), of(node.inputs[1]), of(node.inputs[2])),
};

const evaluate = evaluator<Tensor>(equations);

/** Runs one sample in doubles; `inputs` by name, each of the shape that its input node says. */
export const runTensor = (graph: TensorGraph, inputs: ReadonlyMap<string, Numbers>): TensorRun => {
  const given = new Map<TensorNode, Numbers>();
  for (const input of graph.inputs) given.set(input, givenFor(inputs, input.attrs.name, input.attrs.shape));
  return evaluate(graph, given);
};
