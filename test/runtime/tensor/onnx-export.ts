import { type OpName, type PerOp, visit } from "../../../compiler/ir/core/index.ts";
import type { Tensor, TensorNode } from "../../../compiler/ir/tensor/index.ts";
import type { ModelSpec } from "../../formats/onnx/write-model.ts";
import * as layers from "./onnx-layers.ts";
import { exportScalar } from "./onnx-scalar.ts";
import { elements, openSheet, type Sheet } from "./onnx-sheet.ts";
import * as values from "./onnx-values.ts";

/** Writes a node; gives the name of its value, or null where onnxruntime has nothing to compare with. */
const exportersOn = (sheet: Sheet): PerOp<Tensor, string | null> => {
  const { emit, whole } = sheet;
  const [x, y, z] = ["x0", "x1", "x2"];
  return {
    input: () => null,
    constant: () => null,
    opaque: () => null,
    dense: (node) => layers.exportDense(sheet, node, x),
    conv: (node) => layers.exportConv(sheet, node, x),
    convTranspose: (node) => layers.exportConv(sheet, node, x),
    batchNorm: (node) => layers.exportNorm(sheet, node, x),
    affine: (node) => layers.exportAffine(sheet, node, x),
    prelu: (node) => layers.exportPrelu(sheet, node, x),
    recurrent: (node) => layers.exportRecurrent(sheet, node, x),
    quantize: (node) => layers.exportQuantize(sheet, node, x),
    dequantize: (node) => layers.exportDequantize(sheet, node, x),
    steps: (node) => layers.exportSteps(sheet, node, x),
    unary: ({ attrs: { fn } }) => exportScalar(sheet, fn, x),
    add: ({ inputs }) =>
      emit(
        "Sum",
        inputs.map((_, i) => `x${i}`),
      ),
    binary: (node) => values.exportBinary(sheet, node, x, y),
    select: () => values.exportSelect(sheet, x, y, z),
    cast: (node) => values.exportCast(sheet, node, x),
    matmul: () => emit("MatMul", [x, y]),
    softmax: ({ attrs: { axis, log } }) => emit(log ? "LogSoftmax" : "Softmax", [x], { axis }),
    normalize: (node) => values.exportNormalize(sheet, node, x),
    maxPool: ({ attrs }) =>
      layers.batched(sheet, "MaxPool", x, [], {
        ...layers.slideAttributes(attrs, attrs.kernel.length),
        kernel_shape: attrs.kernel,
        ceil_mode: attrs.ceil ? 1 : 0,
      }),
    averagePool: ({ attrs }) =>
      layers.batched(sheet, "AveragePool", x, [], {
        ...layers.slideAttributes(attrs, attrs.kernel.length),
        kernel_shape: attrs.kernel,
        ceil_mode: attrs.ceil ? 1 : 0,
        count_include_pad: attrs.countPads ? 1 : 0,
      }),
    reduce: (node) => values.exportReduce(sheet, node, x),
    argmax: (node) => values.exportArgmax(sheet, node, x),
    topK: (node) => values.exportTopK(sheet, node, x),
    reshape: ({ attrs: { shape } }) => emit("Reshape", [x, whole(shape)]),
    transpose: ({ attrs: { order } }) => emit("Transpose", [x], { perm: order }),
    slice: (node) => values.exportSlice(sheet, node, x),
    expand: ({ attrs: { shape } }) => emit("Expand", [x, whole(shape)]),
    pad: (node) => values.exportPad(sheet, node, x),
    concat: ({ inputs, attrs: { axis } }) =>
      emit(
        "Concat",
        inputs.map((_, i) => `x${i}`),
        { axis },
      ),
    resample: (node) => values.exportResample(sheet, node, x),
    gather: (node) => values.exportGather(sheet, node, x, y),
    scatter: (node) => values.exportScatter(sheet, node, [x, y, z]),
  };
};

/** A model of this node alone, over inputs x0, x1, ..; its output y has the type of the node. */
export const modelOfNode = (node: TensorNode): ModelSpec | null => {
  const sheet = openSheet();
  const noInput = (): never => {
    throw new Error("an exporter reads names");
  };
  const name = visit<Tensor, OpName<Tensor>, string | null>(exportersOn(sheet), node.op, node, noInput);
  if (name === null) return null;
  const shown = sheet.emit("Cast", [name], { to: elements[node.type.dtype] });
  return sheet.model(
    node.inputs.map(({ type }) => type),
    shown,
  );
};
