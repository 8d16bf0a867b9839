import { quoteName } from "../../../diagnostics/index.ts";
import { item, type Shape, showShape, sizeOf } from "../../../ir/core/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import type { Ledger } from "./ledger.ts";
import { limits } from "./limits.ts";
import type { OnnxTensor } from "./model.ts";
import { decodeTensor, shapeOf } from "./tensor.ts";
import type { Int64, Wire } from "./wire.ts";

interface Parts {
  values: OnnxTensor | null;
  indices: OnnxTensor | null;
  readonly dims: Int64[];
}

const readParts = (wire: Wire, ledger: Ledger): Parts => {
  const parts: Parts = { values: null, indices: null, dims: [] };
  while (wire.next()) {
    if (wire.field === 1) {
      if (parts.values !== null) wire.malformed("a sparse tensor holds its values twice");
      parts.values = wire.message((inner) => decodeTensor(inner, ledger));
    } else if (wire.field === 2) {
      if (parts.indices !== null) wire.malformed("a sparse tensor holds its indices twice");
      parts.indices = wire.message((inner) => decodeTensor(inner, ledger));
    } else if (wire.field === 3)
      wire.repeated("varint", () => {
        if (parts.dims.length === limits.rank) ledger.exceeded("dimensions in one tensor", limits.rank);
        parts.dims.push(wire.int64());
      });
    else wire.skip();
  }
  return parts;
};

const faultOf = (values: OnnxTensor, indices: OnnxTensor | null, shape: Shape): string | null => {
  if (values.shape.length !== 1) return `its values are ${showShape(values.shape)}, a list is needed`;
  const count = item(values.shape, 0);
  if (sizeOf(shape) > limits.sparse)
    return `it stands for ${sizeOf(shape)} values, at most ${limits.sparse} are read`;
  if (count > sizeOf(shape)) return `it has ${count} values, a dense one has ${sizeOf(shape)}`;
  if (indices === null) return count === 0 ? null : `it has ${count} values and no indices`;
  if (indices.element !== "INT64") return `its indices are ${indices.element}, INT64 is needed`;
  const flat = indices.shape.length === 1;
  const rows = indices.shape.length === 2 && indices.shape[1] === shape.length;
  if ((flat || rows) && indices.shape[0] === count) return null;
  return `its indices are ${showShape(indices.shape)}, ${showShape([count, shape.length])} is needed`;
};

const none = (file: string): OnnxTensor => ({
  name: "",
  file,
  shape: [0],
  element: "INT64",
  elementCode: 7,
  storage: { kind: "raw", bytes: new Uint8Array() },
});

/** Reads a SparseTensorProto; its name is that of its values. Which places the indices name is checked with the values. */
export const decodeSparse = (wire: Wire, ledger: Ledger): OnnxTensor => {
  const { values, indices, dims } = readParts(wire, ledger);
  if (values === null) return wire.malformed("a sparse tensor has no values");
  const { name, file, element, elementCode } = values;
  const shape = shapeOf(name, dims, ledger) ?? [];
  const fault = faultOf(values, indices, shape);
  if (fault === null) ledger.spendSparse(sizeOf(shape));
  if (fault !== null)
    ledger.fault(onnxDiagnostics.report("sparse-tensor", ledger.where, { tensor: quoteName(name), fault }));
  const storage = { kind: "sparse", values, indices: indices ?? none(file) } as const;
  return { name, file, shape, element, elementCode, storage };
};
