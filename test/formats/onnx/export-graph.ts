import {
  fold,
  nodesOf,
  type PerOp,
  type Shape,
  valuesOf,
  type Weight,
} from "../../../compiler/ir/core/index.ts";
import type { Scalar, Tensor, TensorGraph, TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { type AttributeSpec, ints, type NodeSpec, type TensorSpec, writeModel } from "./write-model.ts";

interface Written {
  readonly op: string;
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
  /** Behind the inputs of the node. */
  readonly extra?: readonly TensorSpec[];
}

const functions: Readonly<Record<Scalar["kind"], string>> = {
  relu: "Relu",
  clip: "Clip",
  leakyRelu: "LeakyRelu",
  thresholdedRelu: "ThresholdedRelu",
  elu: "Elu",
  selu: "Selu",
  celu: "Celu",
  softplus: "Softplus",
  softsign: "Softsign",
  sigmoid: "Sigmoid",
  hardSigmoid: "HardSigmoid",
  tanh: "Tanh",
  hardSwish: "HardSwish",
  swish: "Swish",
  mish: "Mish",
  gelu: "Gelu",
  erf: "Erf",
  exp: "Exp",
  log: "Log",
  sqrt: "Sqrt",
  reciprocal: "Reciprocal",
  sin: "Sin",
  cos: "Cos",
  abs: "Abs",
  negate: "Neg",
  sign: "Sign",
  floor: "Floor",
  ceil: "Ceil",
  round: "Round",
  not: "Not",
};

const scalarNode = (fn: Scalar): Written => {
  const op = functions[fn.kind];
  switch (fn.kind) {
    case "clip":
      return { op, extra: [number("low", fn.low), number("high", fn.high)] };
    case "leakyRelu":
      return { op, attributes: { alpha: { float: fn.slope } } };
    case "elu":
    case "celu":
      return { op, attributes: { alpha: { float: fn.alpha } } };
    case "hardSigmoid":
      return { op, attributes: { alpha: { float: fn.slope }, beta: { float: fn.offset } } };
    case "swish":
      return { op, attributes: { alpha: { float: fn.beta } } };
    case "gelu":
      return { op, attributes: { approximate: fn.tanh ? "tanh" : "none" } };
    case "selu":
      return { op, attributes: { alpha: { float: fn.alpha }, gamma: { float: fn.gamma } } };
    case "thresholdedRelu":
      return { op, attributes: { alpha: { float: fn.threshold } } };
    default:
      return { op };
  }
};

const number = (name: string, value: number): TensorSpec => ({ name, dims: [], data: [value] });

const held = (w: Weight, dims: readonly number[] = w.shape): TensorSpec => ({
  name: w.name,
  dims,
  data: [...valuesOf(w)],
});

const maybe = (w: Weight | null): readonly TensorSpec[] => (w === null ? [] : [held(w)]);

/** One entry, one a channel, or one an element, as a factor of a sample with its batch axis. */
const spread = (w: Weight, shape: Shape): TensorSpec =>
  held(w, w.shape.length === 1 && shape.length > 1 ? [...w.shape, ...shape.slice(1).map(() => 1)] : w.shape);

interface Sliding {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly (readonly [number, number])[];
}

const sliding = ({ strides, dilations, pads }: Sliding, kernel: readonly number[]) => ({
  kernel_shape: kernel,
  strides: kernel.map((_, axis) => strides[axis] ?? 1),
  dilations: kernel.map((_, axis) => dilations[axis] ?? 1),
  pads: [0, 1].flatMap((side) => kernel.map((_, axis) => pads[axis]?.[side] ?? 0)),
});

const none = (node: TensorNode): never => {
  throw new Error(`${node.op} is not written as ONNX`);
};

const arithmetic: Readonly<Record<string, string>> = {
  subtract: "Sub",
  multiply: "Mul",
  divide: "Div",
  power: "Pow",
};

const reductions = { sum: "ReduceSum", mean: "ReduceMean", max: "ReduceMax", min: "ReduceMin" } as const;

const behindBatch = (axes: readonly number[]): readonly number[] => axes.map((axis) => axis + 1);

const withBatch = (shape: Shape): Shape => [1, ...shape];

/** The operators that compute a node, one after the other; those that the language never makes are not written. */
const operators: PerOp<Tensor, readonly Written[]> = {
  input: () => [],
  constant: ({ attrs: { value } }) => [{ op: "Identity", extra: [held(value, withBatch(value.shape))] }],
  opaque: none,
  dense: ({ attrs }) => [
    { op: "Gemm", attributes: { transB: 1 }, extra: [held(attrs.weight), ...maybe(attrs.bias)] },
  ],
  conv: ({ attrs }) => [
    {
      op: "Conv",
      attributes: { ...sliding(attrs, attrs.weight.shape.slice(2)), group: attrs.groups },
      extra: [held(attrs.weight), ...maybe(attrs.bias)],
    },
  ],
  convTranspose: ({ attrs }) => [
    {
      op: "ConvTranspose",
      attributes: {
        ...sliding(attrs, attrs.weight.shape.slice(2)),
        group: attrs.groups,
        output_padding: attrs.weight.shape.slice(2).map((_, axis) => attrs.outputPads[axis] ?? 0),
      },
      extra: [held(attrs.weight), ...maybe(attrs.bias)],
    },
  ],
  batchNorm: ({ attrs: { scale, shift, mean, variance, epsilon } }) => [
    {
      op: "BatchNormalization",
      attributes: { epsilon: { float: epsilon } },
      extra: [scale, shift, mean, variance].map((w) => held(w)),
    },
  ],
  affine: ({ attrs: { scale, shift }, type }) => [
    ...(valuesOf(scale).every((x) => x === 1) ? [] : [{ op: "Mul", extra: [spread(scale, type.shape)] }]),
    ...(shift === null ? [] : [{ op: "Add", extra: [spread(shift, type.shape)] }]),
  ],
  prelu: ({ attrs: { slope }, type }) => [{ op: "PRelu", extra: [spread(slope, type.shape)] }],
  recurrent: none,
  quantize: none,
  dequantize: none,
  steps: none,
  unary: ({ attrs: { fn } }) => [scalarNode(fn)],
  add: () => [{ op: "Sum" }],
  binary: (node) => [{ op: arithmetic[node.attrs.fn] ?? none(node) }],
  select: none,
  cast: none,
  matmul: none,
  softmax: ({ attrs: { axis, log } }) => [
    { op: log ? "LogSoftmax" : "Softmax", attributes: { axis: axis + 1 } },
  ],
  normalize: (node) => {
    const { axes, center, norm, epsilon } = node.attrs;
    const { shape } = node.type;
    const first = axes[0] ?? 0;
    const trailing = axes.length === shape.length - first && axes.every((axis, i) => axis === first + i);
    if (!center || norm !== "rms" || !trailing) return none(node);
    const dims = shape.slice(first);
    const ones = { name: "ones", dims, data: Array(dims.reduce((n, d) => n * d, 1)).fill(1) };
    const attributes = { axis: first + 1, epsilon: { float: epsilon } };
    return [{ op: "LayerNormalization", attributes, extra: [ones] }];
  },
  maxPool: ({ attrs }) => [{ op: "MaxPool", attributes: sliding(attrs, attrs.kernel) }],
  averagePool: ({ attrs }) => [{ op: "AveragePool", attributes: sliding(attrs, attrs.kernel) }],
  reduce: (node) => {
    const { fn, axes, keep } = node.attrs;
    if (fn !== "mean" && fn !== "max" && fn !== "min") return none(node);
    return [{ op: reductions[fn], attributes: { axes: behindBatch(axes), keepdims: keep ? 1 : 0 } }];
  },
  argmax: none,
  topK: none,
  reshape: ({ attrs: { shape } }) => [{ op: "Reshape", extra: [ints("shape", ...withBatch(shape))] }],
  transpose: ({ attrs: { order } }) => [
    { op: "Transpose", attributes: { perm: [0, ...behindBatch(order)] } },
  ],
  slice: ({ attrs: { starts, sizes, steps } }) => {
    const step = starts.map((_, axis) => steps[axis] ?? 1);
    const ends = starts.map((start, axis) => start + ((sizes[axis] ?? 1) - 1) * (step[axis] ?? 1) + 1);
    const axes = behindBatch([...starts.keys()]);
    const lists = { starts, ends, axes, steps: step };
    return [{ op: "Slice", extra: Object.entries(lists).map(([name, list]) => ints(name, ...list)) }];
  },
  expand: ({ attrs: { shape } }) => [{ op: "Expand", extra: [ints("shape", ...withBatch(shape))] }],
  pad: (node) => {
    const { pads, mode, value } = node.attrs;
    if (mode !== "constant" || value !== 0) return none(node);
    const sides = [0, 1].flatMap((side) => [0, ...pads.map((pair) => pair[side] ?? 0)]);
    return [{ op: "Pad", extra: [ints("pads", ...sides)] }];
  },
  concat: ({ attrs: { axis } }) => [{ op: "Concat", attributes: { axis: axis + 1 } }],
  resample: none,
  gather: none,
  scatter: none,
};

/** An ONNX model that computes what a float graph computes, with the batch as its first axis. */
export const onnxOf = (graph: TensorGraph): Uint8Array => {
  const nodes: NodeSpec[] = [];
  const initializers: TensorSpec[] = [];
  const names = new Map<TensorNode, string>();
  const nameOf = (node: TensorNode): string => names.get(node) ?? "";
  const written = fold<Tensor, readonly Written[]>(operators);
  for (const node of nodesOf(graph)) {
    let value = node.op === "input" ? node.attrs.name : "";
    for (const [i, { op, attributes = {}, extra = [] }] of written(node).entries()) {
      const inputs = i === 0 ? node.inputs.map(nameOf) : [value];
      const given = extra.map((tensor) => ({ ...tensor, name: `${tensor.name}_${nodes.length}` }));
      initializers.push(...given);
      value = `v${nodes.length}`;
      nodes.push({
        op,
        inputs: [...inputs, ...given.map(({ name }) => name)],
        outputs: [value],
        name: value,
        attributes,
      });
    }
    names.set(node, value === "" ? nameOf(node.inputs[0] ?? node) : value);
  }
  const outputs = graph.outputs.map(({ name, value }) => {
    nodes.push({ op: "Identity", inputs: [nameOf(value)], outputs: [name], name });
    return name;
  });
  const inputs = graph.inputs.map(({ attrs: { name, shape } }) => ({ name, dims: withBatch(shape) }));
  return writeModel({ opset: 17, inputs, nodes, outputs, initializers });
};
