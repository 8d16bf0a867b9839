import { unreachable } from "../../diagnostics/index.ts";
import { sha256 } from "./hash.ts";
import { item, type Shape, showShape, sizeOf } from "./numbers.ts";
import { once } from "./once.ts";

export const dtypes = ["f32", "f64", "i4", "u4", "i8", "u8", "i16", "i32", "i64", "bool"] as const;
export type DType = (typeof dtypes)[number];

/** Stored integers w mean scale[c] * (w - zero[c]) along `axis`; one entry each, or one per channel. */
export interface Grid {
  readonly scale: readonly number[];
  readonly zero: readonly number[];
  readonly axis: number;
}

/** A lazy immutable array. Two nodes share a parameter when they hold the same object. */
export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly grid: Grid | null;
  /** Numbers as stored, never written to; `valuesOf` applies the grid. */
  readonly stored: () => Float64Array;
  /** SHA-256 of dtype, shape, grid and stored bytes, computed once when asked. */
  readonly hash: () => string;
}

/** Bytes of one stored number; 4-bit numbers take a byte each. */
export const widthOf = (dtype: DType): number => {
  switch (dtype) {
    case "f64":
    case "i64":
      return 8;
    case "f32":
    case "i32":
      return 4;
    case "i16":
      return 2;
    case "i4":
    case "u4":
    case "i8":
    case "u8":
    case "bool":
      return 1;
    default:
      return unreachable(dtype);
  }
};

/** Least and greatest stored integer of a dtype; null for floats. */
export const rangeOf = (dtype: DType): readonly [number, number] | null => {
  switch (dtype) {
    case "f32":
    case "f64":
      return null;
    case "i4":
      return [-8, 7];
    case "u4":
      return [0, 15];
    case "i8":
      return [-128, 127];
    case "u8":
      return [0, 255];
    case "i16":
      return [-32768, 32767];
    case "i32":
      return [-2147483648, 2147483647];
    case "i64":
      return [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
    case "bool":
      return [0, 1];
    default:
      return unreachable(dtype);
  }
};

const setterOf = (dtype: DType, view: DataView): ((offset: number, value: number) => void) => {
  switch (dtype) {
    case "f32":
      return (o, v) => view.setFloat32(o, v, true);
    case "f64":
      return (o, v) => view.setFloat64(o, v, true);
    case "i16":
      return (o, v) => view.setInt16(o, v, true);
    case "i32":
      return (o, v) => view.setInt32(o, v, true);
    case "i64":
      return (o, v) => view.setBigInt64(o, BigInt(v), true);
    case "i4":
    case "i8":
      return (o, v) => view.setInt8(o, v);
    case "u4":
    case "u8":
    case "bool":
      return (o, v) => view.setUint8(o, v);
    default:
      return unreachable(dtype);
  }
};

const getterOf = (dtype: DType, view: DataView): ((offset: number) => number) => {
  switch (dtype) {
    case "f32":
      return (o) => view.getFloat32(o, true);
    case "f64":
      return (o) => view.getFloat64(o, true);
    case "i16":
      return (o) => view.getInt16(o, true);
    case "i32":
      return (o) => view.getInt32(o, true);
    case "i64":
      return (o) => Number(view.getBigInt64(o, true));
    case "i4":
    case "i8":
      return (o) => view.getInt8(o);
    case "u4":
    case "u8":
    case "bool":
      return (o) => view.getUint8(o);
    default:
      return unreachable(dtype);
  }
};

/** Stored numbers in their dtype, little-endian. */
export const encodeNumbers = (dtype: DType, data: Float64Array): Uint8Array => {
  const width = widthOf(dtype);
  const bytes = new Uint8Array(data.length * width);
  const set = setterOf(dtype, new DataView(bytes.buffer));
  for (let i = 0; i < data.length; i++) set(i * width, item(data, i));
  return bytes;
};

/** The inverse of `encodeNumbers`. */
export const decodeNumbers = (dtype: DType, bytes: Uint8Array): Float64Array => {
  const width = widthOf(dtype);
  const data = new Float64Array(Math.floor(bytes.length / width));
  const get = getterOf(dtype, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  for (let i = 0; i < data.length; i++) data[i] = get(i * width);
  return data;
};

export interface WeightParts {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly grid?: Grid | null;
  readonly data: Float64Array | (() => Float64Array);
}

/** Makes a weight; `data` may be a function that is called at most once. Throws RangeError when the count does not fit the shape. */
export const weight = ({ name, shape, dtype, grid = null, data }: WeightParts): Weight => {
  const stored = once(() => {
    const values = typeof data === "function" ? data() : data;
    if (values.length !== sizeOf(shape))
      throw new RangeError(`weight ${name}: ${values.length} values do not fill ${showShape(shape)}`);
    return values;
  });
  const hash = once(() =>
    sha256(`${dtype}${showShape(shape)}${JSON.stringify(grid)}`, encodeNumbers(dtype, stored())),
  );
  return { name, shape, dtype, grid, stored, hash };
};

const integerTypes: readonly DType[] = ["i8", "i16", "i32", "i64"];

/** The narrowest signed type that holds all values. */
export const narrowest = (data: Float64Array): DType => {
  let low = 0;
  let high = 0;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const fits = (dtype: DType): boolean => {
    const [least, greatest] = rangeOf(dtype) ?? [0, 0];
    return least <= low && high <= greatest;
  };
  return integerTypes.find(fits) ?? "i64";
};

/** A weight of whole numbers in the narrowest signed type that holds them. */
export const integers = (name: string, shape: Shape, data: Float64Array): Weight =>
  weight({ name, shape, dtype: narrowest(data), data });

/** Channel index of element `i` along `axis`. */
const channelOf = (shape: Shape, axis: number): ((i: number) => number) => {
  const inner = sizeOf(shape.slice(axis + 1));
  const extent = shape[axis] ?? 1;
  return (i) => Math.floor(i / inner) % extent;
};

const valueCache = new WeakMap<Weight, Float64Array>();

/** Real values: the grid applied to the stored numbers. Cached; never written to. */
export const valuesOf = (w: Weight): Float64Array => {
  const { grid } = w;
  if (grid === null) return w.stored();
  const cached = valueCache.get(w);
  if (cached !== undefined) return cached;
  const channel = channelOf(w.shape, grid.axis);
  const at = (list: readonly number[], c: number): number => item(list, list.length === 1 ? 0 : c);
  const values = w.stored().map((n, i) => at(grid.scale, channel(i)) * (n - at(grid.zero, channel(i))));
  valueCache.set(w, values);
  return values;
};

/** Stored numbers and real values are the same: there is no grid. */
export const floats = (
  name: string,
  shape: Shape,
  data: Float64Array,
  dtype: "f32" | "f64" = "f64",
): Weight => weight({ name, shape, dtype, data });
