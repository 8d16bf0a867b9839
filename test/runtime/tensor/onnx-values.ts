import { unreachable } from "../../../compiler/diagnostics/index.ts";
import { item, type NodeOf, type Shape, valuesOf } from "../../../compiler/ir/core/index.ts";
import type { Tensor } from "../../../compiler/ir/tensor/index.ts";
import { elements, type Sheet } from "./onnx-sheet.ts";

const truths = ({ emit }: Sheet, x: string): string => emit("Cast", [x], { to: elements.bool });

const operators = {
  ...{ subtract: "Sub", multiply: "Mul", divide: "Div", power: "Pow", minimum: "Min", maximum: "Max" },
  ...{ equal: "Equal", less: "Less", lessEqual: "LessOrEqual", and: "And", or: "Or", xor: "Xor" },
} as const;

/** Of integers, Mod is the modulo; of floats it is the remainder, and the modulo has no operator. */
export const exportBinary = (
  sheet: Sheet,
  { attrs: { fn }, type: { dtype } }: NodeOf<Tensor, "binary">,
  x: string,
  y: string,
): string => {
  const { emit } = sheet;
  switch (fn) {
    case "remainder":
      return emit("Mod", [x, y], { fmod: 1 });
    case "modulo":
      return dtype === "i64"
        ? emit("Mod", [x, y])
        : emit("Sub", [x, emit("Mul", [y, emit("Floor", [emit("Div", [x, y])])])]);
    case "and":
    case "or":
    case "xor":
      return emit(operators[fn], [truths(sheet, x), truths(sheet, y)]);
    default:
      return emit(operators[fn], [x, y]);
  }
};

export const exportSelect = (sheet: Sheet, picks: string, x: string, y: string): string =>
  sheet.emit("Where", [truths(sheet, picks), x, y]);

/** Null for types that the oracle rounds otherwise (4 bits), or whose result it cannot show as int64. */
export const exportCast = (
  { emit }: Sheet,
  { attrs: { to } }: NodeOf<Tensor, "cast">,
  x: string,
): string | null => {
  if (to === "i4" || to === "u4" || to === "u64") return null;
  return emit("Cast", [x], { to: elements[to] });
};

/** In elementary operators; `run.test.ts` has the layers that are made of it. */
export const exportNormalize = (
  { emit, real, whole }: Sheet,
  { attrs: { axes, center, norm, epsilon } }: NodeOf<Tensor, "normalize">,
  x: string,
): string => {
  const over = whole(axes);
  const apart = center ? emit("Sub", [x, emit("ReduceMean", [x, over])]) : x;
  if (norm === "rms") {
    const variance = emit("ReduceMean", [emit("Mul", [apart, apart]), over]);
    return emit("Div", [apart, emit("Sqrt", [emit("Add", [variance, real([epsilon], [])])])]);
  }
  const size = emit(norm === "l1" ? "ReduceL1" : "ReduceL2", [apart, over]);
  return emit("Div", [apart, emit("Max", [size, real([epsilon], [])])]);
};

const reductions = {
  ...{ sum: "ReduceSum", mean: "ReduceMean", max: "ReduceMax", min: "ReduceMin", product: "ReduceProd" },
  ...{ l1: "ReduceL1", l2: "ReduceL2", sumSquare: "ReduceSumSquare" },
  ...{ logSum: "ReduceLogSum", logSumExp: "ReduceLogSumExp" },
} as const;

export const exportReduce = (
  { emit, whole }: Sheet,
  { attrs: { fn, axes, keep } }: NodeOf<Tensor, "reduce">,
  x: string,
): string => emit(reductions[fn], [x, whole(axes)], { keepdims: keep ? 1 : 0 });

export const exportArgmax = (
  { emit }: Sheet,
  { attrs: { axis, lowest, last, keep } }: NodeOf<Tensor, "argmax">,
  x: string,
): string =>
  emit(lowest ? "ArgMin" : "ArgMax", [x], {
    axis,
    keepdims: keep ? 1 : 0,
    select_last_index: last ? 1 : 0,
  });

export const exportTopK = (
  { emitMany, whole }: Sheet,
  { attrs: { k, axis, lowest, emit } }: NodeOf<Tensor, "topK">,
  x: string,
): string =>
  emitMany("TopK", [x, whole([k])], 2, emit === "values" ? 0 : 1, { axis, largest: lowest ? 0 : 1 });

const swapped = (rank: number, axis: number): Shape =>
  Array.from({ length: rank }, (_, a) => (a === axis ? rank - 1 : a === rank - 1 ? axis : a));

/** A product with the matrix of the taps on the last axis. */
export const exportResample = (
  { emit, real }: Sheet,
  { attrs: { axis, index, taps }, inputs: [x] }: NodeOf<Tensor, "resample">,
  name: string,
): string => {
  const extent = item(x.type.shape, axis);
  const [outs = 0, reads = 0] = index.shape;
  const matrix = Array.from({ length: extent * outs }, () => 0);
  valuesOf(index).forEach((at, i) => {
    const put = at * outs + Math.floor(i / reads);
    if (at >= 0) matrix[put] = (matrix[put] ?? 0) + item(valuesOf(taps), i);
  });
  const perm = swapped(x.type.shape.length, axis);
  const product = emit("MatMul", [emit("Transpose", [name], { perm }), real(matrix, [extent, outs])]);
  return emit("Transpose", [product], { perm });
};

/** Null for a wrap of more than one turn: onnxruntime reads past its input there. */
export const exportPad = (
  { emit, real, whole }: Sheet,
  { attrs: { pads, mode, value }, inputs: [x] }: NodeOf<Tensor, "pad">,
  name: string,
): string | null => {
  const wide = pads.some(([before, after], axis) => {
    const left = item(x.type.shape, axis) + Math.min(0, before) + Math.min(0, after);
    return Math.max(before, after) > left;
  });
  if (mode === "wrap" && wide) return null;
  const ends = whole([...pads.map(([before]) => before), ...pads.map(([, after]) => after)]);
  return emit("Pad", [name, ends, real([value], [])], { mode });
};

export const exportSlice = (
  { emit, whole }: Sheet,
  { attrs: { starts, sizes, steps } }: NodeOf<Tensor, "slice">,
  x: string,
): string => {
  const strides = starts.map((_, axis) => steps[axis] ?? 1);
  const ends = starts.map((start, axis) => start + item(sizes, axis) * item(strides, axis));
  return emit("Slice", [x, whole(starts), whole(ends), whole(starts.map((_, axis) => axis)), whole(strides)]);
};

export const exportGather = (
  { emit }: Sheet,
  { attrs: { axis, mode } }: NodeOf<Tensor, "gather">,
  x: string,
  index: string,
): string => {
  switch (mode) {
    case "take":
      return emit("Gather", [x, index], { axis });
    case "elements":
      return emit("GatherElements", [x, index], { axis });
    case "nd":
      return emit("GatherND", [x, index], { batch_dims: axis });
    default:
      return unreachable(mode);
  }
};

const combines = { replace: "none", add: "add", multiply: "mul", min: "min", max: "max" } as const;

export const exportScatter = (
  { emit }: Sheet,
  { attrs: { axis, mode, combine } }: NodeOf<Tensor, "scatter">,
  inputs: readonly string[],
): string =>
  mode === "elements"
    ? emit("ScatterElements", inputs, { axis, reduction: combines[combine] })
    : emit("ScatterND", inputs, { reduction: combines[combine] });
