import { type ElementName, elementName } from "./elements.ts";
import { fromInt64 } from "./integer.ts";
import type { Ledger } from "./ledger.ts";
import type { OnnxDim, OnnxValueInfo } from "./model.ts";
import type { Wire } from "./wire.ts";

/** TensorShapeProto.Dimension. Some exporters write -1 for an extent that they do not know. */
const decodeDim = (wire: Wire): OnnxDim => {
  let dim: OnnxDim = null;
  while (wire.next()) {
    if (wire.field === 1) {
      const extent = fromInt64(wire.int64());
      dim = extent >= 0 ? extent : null;
    } else if (wire.field === 2) dim = wire.text();
    else wire.skip();
  }
  return dim === "" ? null : dim;
};

const decodeShape = (wire: Wire, ledger: Ledger): readonly OnnxDim[] => {
  const dims: OnnxDim[] = [];
  while (wire.next()) {
    if (wire.field === 1) {
      ledger.spend("entries");
      dims.push(wire.message(decodeDim));
    } else wire.skip();
  }
  return dims;
};

interface TensorType {
  readonly element: ElementName | null;
  readonly dims: readonly OnnxDim[] | null;
}

const decodeTensorType = (wire: Wire, ledger: Ledger): TensorType => {
  let code = 0;
  let dims: readonly OnnxDim[] | null = null;
  while (wire.next()) {
    if (wire.field === 1) code = wire.int32();
    else if (wire.field === 2) {
      if (dims !== null) wire.malformed("a type holds two shapes");
      dims = wire.message((inner) => decodeShape(inner, ledger));
    } else wire.skip();
  }
  return { element: elementName(code), dims };
};

const decodeType = (wire: Wire, ledger: Ledger): TensorType => {
  let type: TensorType | null = null;
  while (wire.next()) {
    if (wire.field === 1) {
      if (type !== null) wire.malformed("a value holds two tensor types");
      type = wire.message((inner) => decodeTensorType(inner, ledger));
    } else wire.skip();
  }
  return type ?? { element: null, dims: null };
};

/** Reads a ValueInfoProto; sequences, maps and optionals have no element type here. */
export const decodeValueInfo = (wire: Wire, ledger: Ledger): OnnxValueInfo => {
  let name = "";
  let type: TensorType | null = null;
  while (wire.next()) {
    if (wire.field === 1) name = wire.text();
    else if (wire.field === 2) {
      if (type !== null) wire.malformed("a value has two types");
      type = wire.message((inner) => decodeType(inner, ledger));
    } else wire.skip();
  }
  return { name, ...(type ?? { element: null, dims: null }) };
};
