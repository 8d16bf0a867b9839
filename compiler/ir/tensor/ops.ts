import type { Graph, Node, Shape } from "../core/index.ts";
import { type Infer, leaf, one, schema, some, three, two } from "../core/index.ts";

const { bool, float, int, list, nullable, or, pair, perAxis, text, variant, weight, word } = schema;

/** One sample; the batch is a loop around the graph. Channels first. */
export interface TensorType {
  readonly dtype: "f32" | "i64" | "bool";
  readonly shape: Shape;
}

/** Scalar functions; after quantization each becomes a jump table (monotone) or a step table. */
export const scalar = variant({
  relu: {},
  clip: { low: float, high: float },
  leakyRelu: { slope: float },
  thresholdedRelu: { threshold: float },
  elu: { alpha: float },
  selu: { alpha: float, gamma: float },
  celu: { alpha: float },
  softplus: {},
  softsign: {},
  sigmoid: {},
  hardSigmoid: { slope: float, offset: float },
  tanh: {},
  hardSwish: {},
  swish: { beta: float },
  mish: {},
  gelu: { tanh: bool },
  erf: {},
  exp: {},
  log: {},
  sqrt: {},
  reciprocal: {},
  sin: {},
  cos: {},
  abs: {},
  negate: {},
  sign: {},
  floor: {},
  ceil: {},
  round: {},
  not: {},
});

export type Scalar = Infer<typeof scalar>;

const shape = list(int);
const pads = perAxis(pair);
const dtype = word("f32", "i64", "bool");
const bias = nullable(weight);
const window = { kernel: shape, strides: perAxis(int), dilations: perAxis(int), pads, ceil: or(bool, false) };
const convolution = {
  weight,
  bias,
  strides: perAxis(int),
  dilations: perAxis(int),
  pads,
  groups: or(int, 1),
};
const scales = { scale: list(float), zero: list(int), axis: or(int, 0) };

const binaryFunction = word(
  ...(["subtract", "multiply", "divide", "power", "modulo", "remainder", "minimum", "maximum"] as const),
  ...(["equal", "less", "lessEqual", "and", "or", "xor"] as const),
);

const reduction = word(
  ...(["sum", "mean", "max", "min", "product"] as const),
  ...(["l1", "l2", "sumSquare", "logSum", "logSumExp"] as const),
);

const storage = word(
  ...(["f32", "f16", "bf16", "i64", "i32", "i16", "i8", "i4"] as const),
  ...(["u64", "u32", "u16", "u8", "u4", "bool"] as const),
);

/** The op table of the tensor level; type rules: `level.ts`. Element-wise ops take equal shapes: broadcasting is `expand`. */
export const tensorOps = {
  input: leaf({ name: text, dtype: or(dtype, "f32"), shape }),
  constant: leaf({ value: weight, dtype: or(dtype, "f32") }),
  /** An op without an equation: freezes what touches it; no lowering takes one. */
  opaque: some({ kind: text, dtype, shape }),
  dense: one({ weight, bias }),
  conv: one(convolution),
  /** The adjoint of a conv, plus the bias: weight [C, O / groups, k...]. */
  convTranspose: one({ ...convolution, outputPads: perAxis(int) }),
  batchNorm: one({ scale: weight, shift: weight, mean: weight, variance: weight, epsilon: float }),
  affine: one({ scale: weight, shift: bias }),
  /** x >= 0 ? x : slope x; one slope, one per channel of axis 0, or one per element. */
  prelu: one({ slope: weight }),
  /**
   * One direction over [T, C]; gates in the order of ONNX (LSTM: i o f c; GRU: z r h) along the first axis:
   * input [G H, C], hidden [G H, H], bias [2 G H] (of the input, then of the state), peephole [3 H].
   */
  recurrent: one({
    cell: word("rnn", "gru", "lstm"),
    input: weight,
    hidden: weight,
    bias,
    initial: bias,
    initialCell: bias,
    peephole: bias,
    activations: list(scalar),
    reverse: or(bool, false),
    linearBeforeReset: or(bool, false),
    coupled: or(bool, false),
    clip: or(float, Infinity),
    emit: word("sequence", "last", "cell"),
  }),
  quantize: one({ ...scales, low: int, high: int, round: or(word("even", "up", "floor"), "even") }),
  dequantize: one(scales),
  /** low + the number of thresholds [C or 1, K] of the channel that x reaches. */
  steps: one({ thresholds: weight, low: or(int, 0) }),
  unary: one({ fn: scalar }),
  add: some({}),
  binary: two({ fn: binaryFunction }),
  /** The first input picks: nonzero takes the second, zero the third. */
  select: three({}),
  /** The nearest value of a storage type; integers round towards zero and wrap. NaN and infinities: `runtime/kernels/storage.ts`. */
  cast: one({ to: storage }),
  /** Product over the last two axes; the others agree. */
  matmul: two({}),
  softmax: one({ axis: int, log: or(bool, false) }),
  /** (x - mean, when centred) / norm over `axes`; rms: sqrt(mean square + epsilon); l1, l2: the norm, no less than epsilon. */
  normalize: one({ axes: list(int), center: bool, norm: word("l1", "l2", "rms"), epsilon: float }),
  maxPool: one(window),
  averagePool: one({ ...window, countPads: or(bool, false) }),
  reduce: one({ fn: reduction, axes: list(int), keep: or(bool, false) }),
  argmax: one({ axis: int, lowest: or(bool, false), last: or(bool, false), keep: or(bool, false) }),
  topK: one({ k: int, axis: int, lowest: or(bool, false), emit: word("values", "indices") }),
  reshape: one({ shape }),
  transpose: one({ order: list(int) }),
  slice: one({ starts: list(int), sizes: list(int), steps: perAxis(int) }),
  /** Repeats axes of extent 1, and adds axes in front. */
  expand: one({ shape }),
  /** Negative pads cut first; edge, reflect and wrap read what is left. */
  pad: one({
    pads: list(pair),
    mode: or(word("constant", "edge", "reflect", "wrap"), "constant"),
    value: or(float, 0),
  }),
  concat: some({ axis: int }),
  /** y[.., o, ..] = sum_k taps[o, k] x[.., index[o, k], ..]; index -1 reads 0. Both [O, K]. */
  resample: one({ axis: int, index: weight, taps: weight }),
  /** Reads the first input at the second; `take` along an axis, `elements` as ONNX GatherElements, `nd` with `axis` batch axes; negative indices count from the end. */
  gather: two({ axis: int, mode: word("take", "elements", "nd") }),
  /** The first input with the third written at the second. */
  scatter: three({
    axis: int,
    mode: word("elements", "nd"),
    combine: or(word("replace", "add", "multiply", "min", "max"), "replace"),
  }),
};

export interface Tensor {
  readonly ops: typeof tensorOps;
  readonly type: TensorType;
}

export type TensorNode = Node<Tensor>;
export type TensorGraph = Graph<Tensor>;
