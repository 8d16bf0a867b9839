import { type Shape, valuesOf, type Weight } from "../../ir/core/index.ts";
import { isIdentity, type LinearMap, type Sliding } from "../../ir/linear/index.ts";
import type { NativeNode, NativeOp, NeuronParameters } from "../../native/index.ts";
import type { NirArray, Padding, Pair } from "./graph.ts";
import type { FlatNode } from "./inline.ts";

/** Why a node has no NIR form, and what would have one. */
export class NoForm extends Error {
  readonly change: string;
  constructor(why: string, change: string) {
    super(why);
    this.name = "NoForm";
    this.change = change;
  }
}

const arrayOf = (weight: Weight): NirArray => ({ shape: weight.shape, dtype: "f32", data: valuesOf(weight) });

const constant = (value: number): NirArray => ({ shape: [1], dtype: "f32", data: Float64Array.of(value) });

/** A parameter with one entry a channel stands before the other axes. */
const parameter = (weight: Weight | null, otherwise: number, shape: Shape): NirArray => {
  if (weight === null) return constant(otherwise);
  const array = arrayOf(weight);
  const channelwise = shape.length > 1 && array.data.length === shape[0];
  return channelwise ? { ...array, shape: [array.data.length, ...shape.slice(1).map(() => 1)] } : array;
};

const zeros = (count: number): NirArray => ({ shape: [count], dtype: "f32", data: new Float64Array(count) });

/** Extents of two axes, or of one. */
const pairOf = (list: readonly number[], otherwise: number): Pair => [
  list[0] ?? otherwise,
  list[1] ?? otherwise,
];

const samePads = (pads: Sliding["pads"], kernel: Shape, dilations: readonly number[]): boolean =>
  kernel.every((extent, axis) => {
    const total = (dilations[axis] ?? 1) * (extent - 1);
    const [before, after] = pads[axis] ?? [0, 0];
    return before === Math.floor(total / 2) && before + after === total;
  });

const paddingOf = ({ pads, dilations }: Sliding, kernel: Shape): Padding<readonly number[]> => {
  const amounts = kernel.map((_, axis) => pads[axis] ?? [0, 0]);
  if (amounts.every(([before, after]) => before === after)) return amounts.map(([before]) => before);
  if (samePads(pads, kernel, dilations)) return "same";
  throw new NoForm("its padding differs between the two sides of an axis", "pad both sides alike");
};

const convolution = (name: string, op: Extract<NativeOp, { readonly kind: "conv" }>): FlatNode => {
  const kernel = op.weight.shape.slice(2);
  const weight = arrayOf(op.weight);
  const bias = op.bias === null ? zeros(op.weight.shape[0] ?? 1) : arrayOf(op.bias);
  const padding = paddingOf(op, kernel);
  const { strides, dilations, groups, space } = op;
  if (kernel.length === 1)
    return {
      type: "Conv1d",
      name,
      inputShape: space?.[0] ?? null,
      weight,
      bias,
      stride: strides[0] ?? 1,
      padding: typeof padding === "string" ? padding : (padding[0] ?? 0),
      dilation: dilations[0] ?? 1,
      groups,
    };
  if (kernel.length !== 2)
    throw new NoForm(`it slides over ${kernel.length} axes`, "use convolutions over one or two axes");
  return {
    type: "Conv2d",
    name,
    inputShape: space === null ? null : pairOf(space, 1),
    weight,
    bias,
    stride: pairOf(strides, 1),
    padding: typeof padding === "string" ? padding : pairOf(padding, 0),
    dilation: pairOf(dilations, 1),
    groups,
  };
};

const pool = (name: string, op: Extract<NativeOp, { readonly kind: "pool" }>): FlatNode => {
  const padding = paddingOf(op, op.kernel);
  if (op.kernel.length !== 2 || typeof padding === "string" || op.dilations.some((d) => d !== 1))
    throw new NoForm("NIR pools over two axes, without dilation", "use such a pool, or a convolution");
  return {
    type: op.mean ? "AvgPool2d" : "SumPool2d",
    name,
    kernelSize: pairOf(op.kernel, 1),
    stride: pairOf(op.strides, 1),
    padding: pairOf(padding, 0),
  };
};

/** I, LI, IF, LIF, CubaLI or CubaLIF, by the parameters that are there. */
const neuron = (name: string, shape: Shape, p: NeuronParameters): FlatNode => {
  if (p.adaptation !== null) throw new NoForm("NIR has no adaptive threshold", "leave the adaptation out");
  if (p.refractory > 0) throw new NoForm("NIR has no refractory period", "set it to 0");
  const of = (weight: Weight | null, otherwise: number): NirArray => parameter(weight, otherwise, shape);
  const r = of(p.r, 1);
  const vLeak = of(p.vLeak, 0);
  const fires = p.threshold === null ? null : { vThreshold: of(p.threshold, 1), vReset: of(p.vReset, 0) };
  if (p.tauMem === null) {
    if (p.tauSyn !== null) throw new NoForm("NIR has no current filter without a leak", "give it a tau_mem");
    return fires === null ? { type: "I", name, r } : { type: "IF", name, r, ...fires };
  }
  const tau = of(p.tauMem, 1);
  if (p.tauSyn === null)
    return fires === null
      ? { type: "LI", name, tau, r, vLeak }
      : { type: "LIF", name, tau, r, vLeak, ...fires };
  const current = { name, tauSyn: of(p.tauSyn, 1), tauMem: tau, r, vLeak, wIn: of(p.wIn, 1) };
  return fires === null ? { type: "CubaLI", ...current } : { type: "CubaLIF", ...current, ...fires };
};

const linear = (name: string, map: LinearMap, bias: Weight | null): FlatNode => {
  if (map.kind === "dense")
    return bias === null
      ? { type: "Linear", name, weight: arrayOf(map.weight) }
      : { type: "Affine", name, weight: arrayOf(map.weight), bias: arrayOf(bias) };
  if (isIdentity(map) && bias === null && map.to.length === 1)
    return { type: "Flatten", name, startDim: 0, endDim: -1, inputType: map.from };
  throw new NoForm(`a ${map.kind} map has no NIR node`, "use dense, convolution, pool or flatten");
};

/**
 * The NIR node of a native one that reads `shape`; null for a join, whose edges are passed on. Throws NoForm for what
 * NIR cannot say.
 */
export const nodeFromNative = (
  { name, op }: NativeNode,
  shape: Shape,
  dt: number | null,
): FlatNode | null => {
  switch (op.kind) {
    case "input":
      return { type: "Input", name, shape: op.shape };
    case "output":
      return { type: "Output", name, shape };
    case "affine":
      return op.bias === null
        ? { type: "Linear", name, weight: arrayOf(op.weight) }
        : { type: "Affine", name, weight: arrayOf(op.weight), bias: arrayOf(op.bias) };
    case "conv":
      return convolution(name, op);
    case "pool":
      return pool(name, op);
    case "scale":
      return { type: "Scale", name, scale: parameter(op.factor, 1, shape) };
    case "flatten":
      return { type: "Flatten", name, startDim: op.start, endDim: op.end, inputType: null };
    case "linear":
      return linear(name, op.map, op.bias);
    case "delay": {
      const time = parameter(op.time, 0, shape);
      if (op.unit === "seconds") return { type: "Delay", name, delay: time };
      if (dt === null) throw new NoForm("its delay is in steps and no step is given", "give --dt");
      return { type: "Delay", name, delay: { ...time, data: time.data.map((steps) => steps * dt) } };
    }
    case "threshold":
      return { type: "Threshold", name, threshold: parameter(op.threshold, 1, shape) };
    case "neuron":
      return neuron(name, shape, op.parameters);
    case "cell":
      throw new NoForm(
        "its dynamics are those of a chip, in steps and integers",
        "export neurons in seconds",
      );
    case "join":
      return null;
  }
};
