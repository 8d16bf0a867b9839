import type { Graph, Node, Shape } from "../core/index.ts";
import { type Infer, leaf, one, schema, some } from "../core/index.ts";

const { bool, float, int, list, nullable, or, pair, perAxis, text, variant, weight, word } = schema;

/** One sample; the batch is a loop around the graph. Channels first. */
export interface TensorType {
  readonly dtype: "f32" | "i64" | "bool";
  readonly shape: Shape;
}

/** Scalar functions; after quantization each becomes a jump table. */
export const scalar = variant({
  relu: {},
  clip: { low: float, high: float },
  leakyRelu: { slope: float },
  sigmoid: {},
  tanh: {},
});

export type Scalar = Infer<typeof scalar>;

const shape = list(int);
const pads = perAxis(pair);
const dtype = word("f32", "i64", "bool");
const bias = nullable(weight);
const window = { kernel: shape, strides: perAxis(int), dilations: perAxis(int), pads, ceil: or(bool, false) };
const scales = { scale: list(float), zero: list(int), axis: or(int, 0) };

/** The op table of the tensor level; equations and type rules: `level.ts`. */
export const tensorOps = {
  input: leaf({ name: text, dtype: or(dtype, "f32"), shape }),
  constant: leaf({ value: weight }),
  /** An op without an equation: freezes what touches it; no lowering takes one. */
  opaque: some({ kind: text, dtype, shape }),
  dense: one({ weight, bias }),
  conv: one({ weight, bias, strides: perAxis(int), dilations: perAxis(int), pads, groups: or(int, 1) }),
  batchNorm: one({ scale: weight, shift: weight, mean: weight, variance: weight, epsilon: float }),
  affine: one({ scale: weight, shift: bias }),
  quantize: one({ ...scales, low: int, high: int, round: or(word("even", "up", "floor"), "even") }),
  dequantize: one(scales),
  unary: one({ fn: scalar }),
  add: some({}),
  softmax: one({ axis: int }),
  maxPool: one(window),
  averagePool: one({ ...window, countPads: or(bool, false) }),
  reshape: one({ shape }),
  transpose: one({ order: list(int) }),
  concat: some({ axis: int }),
};

export interface Tensor {
  readonly ops: typeof tensorOps;
  readonly type: TensorType;
}

export type TensorNode = Node<Tensor>;
export type TensorGraph = Graph<Tensor>;
