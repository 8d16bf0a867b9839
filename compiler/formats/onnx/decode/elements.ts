import type { DType } from "../../../ir/core/index.ts";

/** Fields of TensorProto that hold values one by one. */
export type TypedField = "float_data" | "int32_data" | "int64_data" | "double_data" | "uint64_data";

interface Element {
  /** TensorProto.DataType. */
  readonly code: number;
  /** Bits of a value in `raw_data`. */
  readonly bits: number;
  readonly dtype: DType;
  /** Where values are that are not in `raw_data` (onnx/onnx:onnx/onnx.proto, comments of TensorProto). */
  readonly field: TypedField;
}

/** The element types that are read. `dtype` holds all their values exactly, 64-bit integers within 2^53. */
export const elements = {
  FLOAT: { code: 1, bits: 32, dtype: "f32", field: "float_data" },
  UINT8: { code: 2, bits: 8, dtype: "u8", field: "int32_data" },
  INT8: { code: 3, bits: 8, dtype: "i8", field: "int32_data" },
  UINT16: { code: 4, bits: 16, dtype: "i32", field: "int32_data" },
  INT16: { code: 5, bits: 16, dtype: "i16", field: "int32_data" },
  INT32: { code: 6, bits: 32, dtype: "i32", field: "int32_data" },
  INT64: { code: 7, bits: 64, dtype: "i64", field: "int64_data" },
  BOOL: { code: 9, bits: 8, dtype: "bool", field: "int32_data" },
  FLOAT16: { code: 10, bits: 16, dtype: "f32", field: "int32_data" },
  DOUBLE: { code: 11, bits: 64, dtype: "f64", field: "double_data" },
  UINT32: { code: 12, bits: 32, dtype: "i64", field: "uint64_data" },
  UINT64: { code: 13, bits: 64, dtype: "i64", field: "uint64_data" },
  BFLOAT16: { code: 16, bits: 16, dtype: "f32", field: "int32_data" },
  FLOAT8E4M3FN: { code: 17, bits: 8, dtype: "f32", field: "int32_data" },
  FLOAT8E4M3FNUZ: { code: 18, bits: 8, dtype: "f32", field: "int32_data" },
  FLOAT8E5M2: { code: 19, bits: 8, dtype: "f32", field: "int32_data" },
  FLOAT8E5M2FNUZ: { code: 20, bits: 8, dtype: "f32", field: "int32_data" },
  UINT4: { code: 21, bits: 4, dtype: "u4", field: "int32_data" },
  INT4: { code: 22, bits: 4, dtype: "i4", field: "int32_data" },
  FLOAT4E2M1: { code: 23, bits: 4, dtype: "f32", field: "int32_data" },
  FLOAT8E8M0: { code: 24, bits: 8, dtype: "f32", field: "int32_data" },
  UINT2: { code: 25, bits: 2, dtype: "u4", field: "int32_data" },
  INT2: { code: 26, bits: 2, dtype: "i4", field: "int32_data" },
} as const satisfies Readonly<Record<string, Element>>;

export type ReadableElement = keyof typeof elements;

const unread = { UNDEFINED: 0, STRING: 8, COMPLEX64: 14, COMPLEX128: 15 } as const;

/** Name of an element type as ONNX writes it; UNKNOWN for a number that ONNX 1.22 does not define. */
export type ElementName = ReadableElement | keyof typeof unread | "UNKNOWN";

export const isReadable = (name: ElementName): name is ReadableElement => Object.hasOwn(elements, name);

const isUnread = (name: string): name is keyof typeof unread => Object.hasOwn(unread, name);

const isElement = (name: string): name is ReadableElement => Object.hasOwn(elements, name);

export const readableNames: readonly ReadableElement[] = Object.keys(elements).filter(isElement);

/** The element types whose values are floating-point numbers; the others hold integers. */
export const floatingNames: readonly ReadableElement[] = readableNames.filter((name) =>
  /^(FLOAT|BFLOAT|DOUBLE)/.test(name),
);

const names: ReadonlyMap<number, ElementName> = new Map<number, ElementName>([
  ...readableNames.map((name): [number, ElementName] => [elements[name].code, name]),
  ...Object.keys(unread)
    .filter(isUnread)
    .map((name): [number, ElementName] => [unread[name], name]),
]);

export const elementName = (code: number): ElementName => names.get(code) ?? "UNKNOWN";

/** Bytes of `raw_data` for this many values; values narrower than a byte share one. */
export const rawBytes = (element: ReadableElement, count: number): number =>
  Math.ceil((count * elements[element].bits) / 8);
