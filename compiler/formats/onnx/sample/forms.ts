import type { OnnxAttribute, ReadableElement } from "../decode/index.ts";
import type { Importer } from "../import/site.ts";
import { constantOf, filled, type Given, int, ints, list, scale, string, zero } from "./given.ts";

/** The least use of an operator: what it reads, and its settings. */
export interface Form {
  /** What tells it apart from other forms of the operator; empty for the only one. */
  readonly note: string;
  readonly inputs: readonly Given[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** How many outputs it has; 1. */
  readonly outputs?: number;
  /** Element type of what it gives, where those are integers for real numbers. */
  readonly codes?: ReadableElement;
  /** The operator set; the newest. */
  readonly opset?: number;
}

const form = (
  inputs: readonly Given[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
  note = "",
): Form => ({ note, inputs, attributes });

/** A form that gives integers for real numbers. */
const coded = (of: Form, codes: ReadableElement = "UINT8"): Form => ({ ...of, codes });

const two: Form = form(["map", "map2"], {}, "two values");
const byConstant: Form = form(["map", filled([4, 1, 1])], {}, "with a constant");
const window = { kernel_shape: ints(2, 2), strides: ints(2, 2) };
const cell = (gates: number): Form =>
  form(["steps", filled([1, gates * 4, 8]), filled([1, gates * 4, 4])], { hidden_size: int(4) });
const codes: readonly Given[] = ["codes", scale, zero];
const integerWeight = (...shape: readonly number[]): readonly Given[] => [
  filled(shape, "INT8"),
  scale,
  constantOf(0, [], "INT8"),
];
const indices = constantOf(1, [1, 4, 4, 4], "INT64");

const layers: Readonly<Record<string, readonly Form[]>> = {
  Attention: [form(["sequence", "sequence", "sequence"], { q_num_heads: int(2), kv_num_heads: int(2) })],
  AveragePool: [form(["map"], window)],
  BatchNormalization: [form(["sums", filled([4]), filled([4]), filled([4]), constantOf(1, [4])])],
  Conv: [form(["map", filled([4, 4, 3, 3]), filled([4])], { pads: ints(1, 1, 1, 1) })],
  ConvInteger: [coded(form(["codes", filled([4, 4, 3, 3], "INT8")]), "INT32")],
  ConvTranspose: [form(["map", filled([4, 4, 2, 2])], { strides: ints(2, 2) })],
  Einsum: [
    form(["vector", filled([16, 4])], { equation: string("bi,ij->bj") }, "with a constant"),
    form(["map", "map2"], { equation: string("bcij,bcjk->bcik") }, "two values"),
  ],
  GRU: [cell(3)],
  Gemm: [form(["vector", filled([16, 4]), filled([4])])],
  GroupNormalization: [form(["map", filled([4]), filled([4])], { num_groups: int(2) })],
  InstanceNormalization: [form(["map", filled([4]), filled([4])])],
  LRN: [form(["map"], { size: int(3) })],
  LSTM: [cell(4)],
  LayerNormalization: [form(["sequence", filled([8])])],
  LpPool: [form(["map"], window)],
  MatMul: [form(["vector", filled([16, 4])], {}, "with a constant"), form(["map", "map2"], {}, "two values")],
  MatMulInteger: [coded(form(["vectorCodes", filled([16, 4], "INT8")]), "INT32")],
  MaxPool: [form(["map"], window)],
  PRelu: [form(["sums", filled([4, 1, 1])])],
  QLinearConv: [coded(form([...codes, ...integerWeight(4, 4, 3, 3), scale, zero]))],
  QLinearMatMul: [coded(form(["vectorCodes", scale, zero, ...integerWeight(16, 4), scale, zero]))],
  RMSNormalization: [form(["sequence", filled([8])])],
  RNN: [cell(1)],
  RotaryEmbedding: [form(["sequence", filled([1, 3, 2]), filled([1, 3, 2])], { num_heads: int(2) })],
};

const views: Readonly<Record<string, readonly Form[]>> = {
  Concat: [form(["map", "map2"], { axis: int(1) })],
  DepthToSpace: [form(["map"], { blocksize: int(2) })],
  Expand: [form(["pooled", list(1, 4, 4, 4)])],
  Gather: [form(["map", list(0, 2)], { axis: int(1) })],
  GatherElements: [form(["map", indices], { axis: int(1) })],
  GatherND: [form(["map", { ...list(0, 1), shape: [1, 2] }])],
  Pad: [form(["map", list(0, 0, 1, 1, 0, 0, 1, 1)])],
  Reshape: [form(["map", list(1, -1)])],
  Resize: [form(["map", null, { ...constantOf(1, [4]), data: [1, 1, 2, 2] }])],
  Scatter: [{ ...form(["map", indices, "map2"], { axis: int(1) }), opset: 10 }],
  ScatterElements: [form(["map", indices, "map2"], { axis: int(1) })],
  ScatterND: [form(["map", constantOf(0, [1, 4, 4, 4, 4], "INT64"), "map2"])],
  Slice: [form(["map", list(1), list(3), list(2)])],
  SpaceToDepth: [form(["map"], { blocksize: int(2) })],
  Split: [{ ...form(["map"], { axis: int(1) }), outputs: 2 }],
  Squeeze: [form(["pooled", list(2, 3)])],
  Tile: [form(["map", list(1, 1, 2, 2)])],
  Transpose: [form(["map"], { perm: ints(0, 2, 3, 1) })],
  Unsqueeze: [form(["vector", list(2)])],
  Upsample: [{ ...form(["map", { ...constantOf(1, [4]), data: [1, 1, 2, 2] }]), opset: 9 }],
};

const arithmetic: Readonly<Record<string, readonly Form[]>> = {
  ...Object.fromEntries(
    ["Add", "Sub", "Mul", "Div", "Max", "Min"].map((op) => [op, [two, byConstant]] as const),
  ),
  And: [form(["truth", "truth2"])],
  Clip: [form(["sums", constantOf(0), constantOf(6)])],
  Log: [form(["positive"])],
  Mean: [two],
  Mod: [form(["map", constantOf(2)], { fmod: int(1) })],
  Not: [form(["truth"])],
  Or: [form(["truth", "truth2"])],
  Pow: [form(["map", constantOf(2)])],
  Reciprocal: [form(["positive"])],
  TopK: [form(["vector", list(2)])],
  Where: [form(["truth", "map", "map2"])],
  Xor: [form(["truth", "truth2"])],
};

const stored: Readonly<Record<string, readonly Form[]>> = {
  BipolarQuant: [form(["sums", scale])],
  Cast: [form(["map"], { to: int(6) })],
  CastLike: [form(["map", constantOf(0, [], "INT32")])],
  Constant: [form([], { value_floats: { kind: "floats", value: [1, 2] } })],
  ConstantOfShape: [form([list(2, 2)])],
  DequantizeLinear: [form(codes)],
  MultiThreshold: [
    form(["map", { ...filled([4, 3]), data: Array.from({ length: 12 }, (_, i) => (i % 3) / 2 + 0.25) }]),
  ],
  QLinearAdd: [coded(form([...codes, "codes2", scale, zero, scale, zero]))],
  QLinearAveragePool: [coded(form([...codes, scale, zero], window))],
  QLinearConcat: [coded(form([scale, zero, ...codes, "codes2", scale, zero], { axis: int(1) }))],
  QLinearGlobalAveragePool: [coded(form([...codes, scale, zero]))],
  QLinearMul: [coded(form([...codes, "codes2", scale, zero, scale, zero]))],
  Quant: [form(["sums", scale, constantOf(0), constantOf(4)], { signed: int(0) })],
  QuantizeLinear: [coded(form(["map", scale, zero]))],
  Range: [form([constantOf(0), constantOf(4), constantOf(1)])],
  Trunc: [
    form(["map", scale, constantOf(0), constantOf(4), constantOf(2)], { rounding_mode: string("FLOOR") }),
  ],
};

const table: ReadonlyMap<string, readonly Form[]> = new Map(
  [layers, views, arithmetic, stored].flatMap((part) => Object.entries(part)),
);

/** One after the other of what an operator without an entry reads. */
const usual: readonly Given[] = ["map", "map2"];

/** Operators that stand behind an activation; other operators of one input are activations themselves. */
const behind = /^(Global|Reduce|Arg|Flatten|Shape|Size|Sum|Identity|Dropout)/;

const usualInputs = (op: string, importer: Importer): readonly Given[] => {
  const count = Math.max(1, importer.inputs[0]);
  return count === 1 && !behind.test(op) ? ["sums"] : usual.slice(0, count);
};

/** The forms of an operator that are tried. */
export const formsOf = (op: string, importer: Importer): readonly Form[] =>
  table.get(op) ?? [form(usualInputs(op, importer))];
