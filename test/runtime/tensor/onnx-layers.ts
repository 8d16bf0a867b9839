import {
  item,
  type NodeOf,
  type Shape,
  sizeOf,
  valuesOf,
  type Weight,
} from "../../../compiler/ir/core/index.ts";
import type { Tensor } from "../../../compiler/ir/tensor/index.ts";
import type { AttributeSpec } from "../../formats/onnx/write-model.ts";
import type { Sheet } from "./onnx-sheet.ts";

type Attributes = Readonly<Record<string, AttributeSpec>>;

export const weightOf = ({ real }: Sheet, w: Weight, dims: Shape = w.shape): string =>
  real(Array.from(valuesOf(w)), dims);

const maybe = (sheet: Sheet, w: Weight | null, dims?: Shape): string =>
  w === null ? "" : weightOf(sheet, w, dims);

/** Dimensions of a vector over axis 0, or of one number per element. */
const besideAxis = (w: Weight, shape: Shape): Shape => {
  if (sizeOf(w.shape) === 1) return [1];
  return sizeOf(w.shape) === shape[0] ? [item(shape, 0), ...shape.slice(1).map(() => 1)] : shape;
};

/** An operator that wants a batch axis in front. */
export const batched = (
  { emit, whole }: Sheet,
  op: string,
  x: string,
  more: readonly string[],
  attributes: Attributes,
): string => {
  const y = emit(op, [emit("Unsqueeze", [x, whole([0])]), ...more], attributes);
  return emit("Squeeze", [y, whole([0])]);
};

const ends = (pads: readonly (readonly [number, number])[]): readonly number[] => [
  ...pads.map(([before]) => before),
  ...pads.map(([, after]) => after),
];

interface Slide {
  readonly strides: Shape;
  readonly dilations: Shape;
  readonly pads: readonly (readonly [number, number])[];
}

export const slideAttributes = ({ strides, dilations, pads }: Slide, rank: number): Attributes => {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return {
    strides: axes.map((axis) => strides[axis] ?? 1),
    dilations: axes.map((axis) => dilations[axis] ?? 1),
    pads: ends(axes.map((axis) => pads[axis] ?? [0, 0])),
  };
};

export const exportConv = (
  sheet: Sheet,
  { op, attrs, type }: NodeOf<Tensor, "conv" | "convTranspose">,
  x: string,
): string => {
  const rank = type.shape.length - 1;
  const more = [weightOf(sheet, attrs.weight), maybe(sheet, attrs.bias)];
  const common = { ...slideAttributes(attrs, rank), group: attrs.groups };
  return op === "conv"
    ? batched(sheet, "Conv", x, more, common)
    : batched(sheet, "ConvTranspose", x, more, {
        ...common,
        output_padding: Array.from({ length: rank }, (_, axis) => attrs.outputPads[axis] ?? 0),
      });
};

export const exportDense = (
  sheet: Sheet,
  { attrs: { weight, bias } }: NodeOf<Tensor, "dense">,
  x: string,
): string => {
  const turned = sheet.emit("Transpose", [weightOf(sheet, weight)], { perm: [1, 0] });
  const y = sheet.emit("MatMul", [x, turned]);
  return bias === null ? y : sheet.emit("Add", [y, weightOf(sheet, bias)]);
};

export const exportNorm = (sheet: Sheet, { attrs }: NodeOf<Tensor, "batchNorm">, x: string): string =>
  batched(
    sheet,
    "BatchNormalization",
    x,
    [attrs.scale, attrs.shift, attrs.mean, attrs.variance].map((w) => weightOf(sheet, w)),
    { epsilon: { float: attrs.epsilon } },
  );

export const exportAffine = (
  sheet: Sheet,
  { attrs: { scale, shift }, type: { shape } }: NodeOf<Tensor, "affine">,
  x: string,
): string => {
  const y = sheet.emit("Mul", [x, weightOf(sheet, scale, besideAxis(scale, shape))]);
  return shift === null ? y : sheet.emit("Add", [y, weightOf(sheet, shift, besideAxis(shift, shape))]);
};

export const exportPrelu = (
  sheet: Sheet,
  { attrs: { slope }, type: { shape } }: NodeOf<Tensor, "prelu">,
  x: string,
): string => sheet.emit("PRelu", [x, weightOf(sheet, slope, besideAxis(slope, shape))]);

/** Numbers along one axis of a value of `rank` axes. */
const alongAxis = ({ real }: Sheet, list: readonly number[], axis: number, rank: number): string =>
  real(
    list,
    list.length === 1 ? [1] : Array.from({ length: rank }, (_, a) => (a === axis ? list.length : 1)),
  );

/** In elementary operators: those of ONNX store 8 bits only. */
export const exportQuantize = (sheet: Sheet, node: NodeOf<Tensor, "quantize">, x: string): string => {
  const { emit, real } = sheet;
  const { scale, zero, axis, low, high, round } = node.attrs;
  const rank = node.type.shape.length;
  const ratio = emit("Div", [x, alongAxis(sheet, scale, axis, rank)]);
  const shifted = round === "up" ? emit("Add", [ratio, real([0.5], [])]) : ratio;
  const level = emit(round === "even" ? "Round" : "Floor", [shifted]);
  const moved = emit("Add", [level, alongAxis(sheet, zero, axis, rank)]);
  return emit("Clip", [moved, real([low], []), real([high], [])]);
};

export const exportDequantize = (sheet: Sheet, node: NodeOf<Tensor, "dequantize">, x: string): string => {
  const { scale, zero, axis } = node.attrs;
  const rank = node.type.shape.length;
  const real = sheet.emit("Cast", [x], { to: 1 });
  const apart = sheet.emit("Sub", [real, alongAxis(sheet, zero, axis, rank)]);
  return sheet.emit("Mul", [apart, alongAxis(sheet, scale, axis, rank)]);
};

/** Comparisons with every threshold on a last axis of their own, counted. */
export const exportSteps = (sheet: Sheet, node: NodeOf<Tensor, "steps">, x: string): string => {
  const { emit, whole, real } = sheet;
  const { thresholds, low } = node.attrs;
  const [rows = 1, count = 0] = thresholds.shape;
  const rank = node.type.shape.length;
  const wide = emit("Unsqueeze", [x, whole([rank])]);
  const dims = [rows, ...Array.from({ length: rank - 1 }, () => 1), count];
  const reached = emit("Cast", [emit("GreaterOrEqual", [wide, weightOf(sheet, thresholds, dims)])], {
    to: 1,
  });
  return emit("Add", [emit("ReduceSum", [reached, whole([rank])], { keepdims: 0 }), real([low], [])]);
};

const cells = { rnn: "RNN", gru: "GRU", lstm: "LSTM" } as const;

export const exportRecurrent = (sheet: Sheet, node: NodeOf<Tensor, "recurrent">, x: string): string => {
  const { attrs } = node;
  const { emit, emitMany, whole } = sheet;
  const units = item(attrs.hidden.shape, 1);
  const lstm = attrs.cell === "lstm";
  const directed = (w: Weight): Shape => [1, ...w.shape];
  const more = [
    weightOf(sheet, attrs.input, directed(attrs.input)),
    weightOf(sheet, attrs.hidden, directed(attrs.hidden)),
    attrs.bias === null ? "" : weightOf(sheet, attrs.bias, directed(attrs.bias)),
    "",
    maybe(sheet, attrs.initial, [1, 1, units]),
    ...(lstm
      ? [maybe(sheet, attrs.initialCell, [1, 1, units]), maybe(sheet, attrs.peephole, [1, 3 * units])]
      : []),
  ];
  const names = { sigmoid: "Sigmoid", tanh: "Tanh", softsign: "Softsign", relu: "Relu" };
  const activations = attrs.activations.map(
    ({ kind }) => Object.entries(names).find(([k]) => k === kind)?.[1] ?? kind,
  );
  const y = emitMany(
    cells[attrs.cell],
    [emit("Unsqueeze", [x, whole([1])]), ...more],
    lstm ? 3 : 2,
    { sequence: 0, last: 1, cell: 2 }[attrs.emit],
    {
      hidden_size: units,
      direction: attrs.reverse ? "reverse" : "forward",
      activations: { strings: activations },
      ...(Number.isFinite(attrs.clip) ? { clip: { float: attrs.clip } } : {}),
      ...(attrs.cell === "gru" ? { linear_before_reset: attrs.linearBeforeReset ? 1 : 0 } : {}),
      ...(lstm ? { input_forget: attrs.coupled ? 1 : 0 } : {}),
    },
  );
  return emit("Reshape", [y, whole(node.type.shape)]);
};
