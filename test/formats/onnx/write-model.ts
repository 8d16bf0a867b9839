import {
  type Bytes,
  bytesField,
  floatBytes,
  floatField,
  int32Bytes,
  int64Bytes,
  intField,
  textField,
  uint16Bytes,
} from "./protobuf.ts";

/** Attributes as ONNX kinds: a number is an int, a list is ints. */
export type AttributeSpec =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] };

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
}

export interface TensorSpec {
  readonly name: string;
  readonly dims: readonly number[];
  readonly kind?: "float" | "uint16" | "int32" | "int64";
  readonly data: readonly number[];
}

export interface ValueSpec {
  readonly name: string;
  /** A text is a symbolic extent; null leaves the shape out. */
  readonly dims: readonly (number | string)[] | null;
  /** TensorProto.DataType; 1 is FLOAT. */
  readonly element?: number;
}

/** A vector of int64: axes, a shape, indices. */
export const ints = (name: string, ...data: readonly number[]): TensorSpec => ({
  name,
  dims: [data.length],
  kind: "int64",
  data,
});

export interface ModelSpec {
  readonly opset?: number;
  readonly inputs: readonly ValueSpec[];
  readonly nodes: readonly NodeSpec[];
  readonly outputs: readonly string[];
  readonly initializers?: readonly TensorSpec[];
}

const attribute = (name: string, value: AttributeSpec): Bytes => {
  const head = textField(1, name);
  if (typeof value === "number") return [...head, ...intField(3, value), ...intField(20, 2)];
  if (typeof value === "string") return [...head, ...textField(4, value), ...intField(20, 3)];
  if ("strings" in value)
    return [...head, ...value.strings.flatMap((text) => textField(9, text)), ...intField(20, 8)];
  if ("floats" in value)
    return [...head, ...value.floats.flatMap((x) => floatField(7, x)), ...intField(20, 6)];
  if ("float" in value) return [...head, ...floatField(2, value.float), ...intField(20, 1)];
  return [...head, ...value.flatMap((n) => intField(8, n)), ...intField(20, 7)];
};

const node = ({ op, inputs, outputs, name = "", domain = "", attributes = {} }: NodeSpec): Bytes => [
  ...inputs.flatMap((n) => textField(1, n)),
  ...outputs.flatMap((n) => textField(2, n)),
  ...textField(3, name),
  ...textField(4, op),
  ...Object.entries(attributes).flatMap(([n, value]) => bytesField(5, attribute(n, value))),
  ...textField(7, domain),
];

const kinds = {
  float: { code: 1, bytes: floatBytes },
  uint16: { code: 4, bytes: uint16Bytes },
  int32: { code: 6, bytes: int32Bytes },
  int64: { code: 7, bytes: int64Bytes },
} as const;

const tensor = ({ name, dims, kind = "float", data }: TensorSpec): Bytes => [
  ...dims.flatMap((extent) => intField(1, extent)),
  ...intField(2, kinds[kind].code),
  ...textField(8, name),
  ...bytesField(9, kinds[kind].bytes(data)),
];

const dimension = (extent: number | string): Bytes =>
  typeof extent === "number" ? intField(1, extent) : textField(2, extent);

const valueInfo = ({ name, dims, element = 1 }: ValueSpec): Bytes => {
  const shape =
    dims === null
      ? []
      : bytesField(
          2,
          dims.flatMap((extent) => bytesField(1, dimension(extent))),
        );
  return [...textField(1, name), ...bytesField(2, bytesField(1, [...intField(1, element), ...shape]))];
};

/** A ModelProto. Outputs carry a name only; runtimes infer their types. */
export const writeModel = ({
  opset = 17,
  inputs,
  nodes,
  outputs,
  initializers = [],
}: ModelSpec): Uint8Array => {
  const graph = [
    ...nodes.flatMap((spec) => bytesField(1, node(spec))),
    ...textField(2, "written"),
    ...initializers.flatMap((spec) => bytesField(5, tensor(spec))),
    ...inputs.flatMap((spec) => bytesField(11, valueInfo(spec))),
    ...outputs.flatMap((name) => bytesField(12, textField(1, name))),
  ];
  return Uint8Array.from([
    ...intField(1, 8),
    ...bytesField(7, graph),
    ...bytesField(8, [...textField(1, ""), ...intField(2, opset)]),
  ]);
};

/** The same model with further outputs: protobuf joins the repeated fields of a message that stands twice. */
export const withOutputs = (model: Uint8Array, names: readonly string[]): Uint8Array => {
  const added = bytesField(
    7,
    names.flatMap((name) => bytesField(12, textField(1, name))),
  );
  return Uint8Array.from([...model, ...added]);
};
