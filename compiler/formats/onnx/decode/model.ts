import type { DType, Shape } from "../../../ir/core/index.ts";
import type { ElementName } from "./elements.ts";

/** A part of another file whose place and size were checked; read when asked. */
export interface ExternalRange {
  readonly length: number;
  /** `count` bytes from `from` of the range, in a new array. Throws Rejected when the file changed meanwhile. */
  readonly read: (from: number, count: number) => Uint8Array;
}

/** Where the values of a tensor are; nothing is copied before `tensorValues`. */
export type Storage =
  /** Little-endian bytes, a view of the file. */
  | { readonly kind: "raw"; readonly bytes: Uint8Array }
  /** `count` entries in `float_data`, `int32_data` and their like, inside the bytes of the tensor message. */
  | { readonly kind: "typed"; readonly count: number; readonly message: Uint8Array; readonly offset: number }
  /** In another file; `range` is null when the model was decoded without access to other files. */
  | { readonly kind: "external"; readonly location: string; readonly range: ExternalRange | null }
  /** Zero but for `values`; `indices` is [count], or [count, rank] with one row an entry. */
  | { readonly kind: "sparse"; readonly values: OnnxTensor; readonly indices: OnnxTensor };

/** A TensorProto or SparseTensorProto. When the element type is readable, shape and storage are known to agree. */
export interface OnnxTensor {
  /** Often empty for tensors in attributes. */
  readonly name: string;
  readonly file: string;
  readonly shape: Shape;
  readonly element: ElementName;
  /** The number in the file, for element types without a name. */
  readonly elementCode: number;
  readonly storage: Storage;
}

/** Values of a tensor. `dtype` is the narrowest type of ours that holds all values of the ONNX type. */
export interface TensorValues {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: Float64Array;
}

/**
 * An attribute. A sparse tensor is a tensor. `reference` stands in a local function for the attribute of the
 * call that is named `value`. The rarer kinds are marked, their content is not read.
 */
export type OnnxAttribute =
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "tensor"; readonly value: OnnxTensor }
  | { readonly kind: "graph"; readonly value: OnnxGraph }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "graphs"; readonly value: readonly OnnxGraph[] }
  | { readonly kind: "reference"; readonly value: string }
  | { readonly kind: "other"; readonly type: number };

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  /** Empty for the ONNX operators; "ai.onnx" is written as empty too. */
  readonly domain: string;
  /** Tells local functions of one name apart; empty for operators. */
  readonly overload: string;
  /** An empty name is an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /** Version of the node's domain, when it is another than the model's: the node came from a local function. */
  readonly opset?: number;
}

/** A fixed extent, the name of a symbolic one, or null when the file says nothing. */
export type OnnxDim = number | string | null;

/** A ValueInfoProto. `element` is null for values that are not tensors, `dims` when the rank is not known. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly element: ElementName | null;
  readonly dims: readonly OnnxDim[] | null;
}

/** A GraphProto. A subgraph may read values of the graphs around it, see `freeValues`. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  /** Dense and sparse ones. */
  readonly initializers: readonly OnnxTensor[];
  /** May list initializers too, as old exporters do. */
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly valueInfo: readonly OnnxValueInfo[];
}

/** A FunctionProto: a node of this domain, name and overload stands for its nodes. */
export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that a call may leave out, with their values. */
  readonly defaults: ReadonlyMap<string, OnnxAttribute>;
  readonly nodes: readonly OnnxNode[];
  readonly opsets: ReadonlyMap<string, number>;
}

export interface OnnxModel {
  readonly file: string;
  readonly irVersion: number;
  readonly producer: { readonly name: string; readonly version: string };
  /** Opset version by domain; the domain of the ONNX operators is "". */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
}
