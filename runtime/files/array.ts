import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { type Shape, showShape, sizeOf } from "../../compiler/ir/core/index.ts";
import { dataDiagnostics } from "./diagnostics.ts";

/** Bytes of one stored value. */
export const widths = {
  f32: 4,
  f64: 8,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  bool: 1,
} as const;

export type ElementType = keyof typeof widths;

/** Values in the smallest array type that holds them; 64-bit integers are doubles, booleans bytes 0 and 1. */
export type Elements =
  | Float64Array
  | Float32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

/** One array, row-major. `data` may be a view of the bytes it was read from: never write to it. */
export interface ArrayData {
  readonly shape: Shape;
  readonly dtype: ElementType;
  readonly data: Elements;
}

/** What was read from a file. Formats that hold one array without a name give it the name "". */
export interface TensorFile {
  readonly format: "npy" | "npz" | "idx" | "safetensors" | "raw";
  readonly arrays: ReadonlyMap<string, ArrayData>;
}

const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A copy at an aligned address, in the order of this machine. */
const aligned = (bytes: Uint8Array, width: number, littleEndian: boolean): ArrayBuffer => {
  const copy = new Uint8Array(bytes);
  if (littleEndian === hostIsLittle) return copy.buffer;
  const buffer = Buffer.from(copy.buffer);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else if (width === 8) buffer.swap64();
  return copy.buffer;
};

/** Whole numbers of 64 bits as doubles; the index of the first that is not exact, or null. */
const wideIntegers = (
  bytes: Uint8Array,
  signed: boolean,
  littleEndian: boolean,
): [Float64Array, number | null] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Float64Array(bytes.length / 8);
  const [lowAt, highAt] = littleEndian ? [0, 4] : [4, 0];
  let inexact: number | null = null;
  for (let i = 0; i < data.length; i++) {
    const at = 8 * i + highAt;
    const high = signed ? view.getInt32(at, littleEndian) : view.getUint32(at, littleEndian);
    const value = high * 2 ** 32 + view.getUint32(8 * i + lowAt, littleEndian);
    if (inexact === null && !Number.isSafeInteger(value)) inexact = i;
    data[i] = value;
  }
  return [data, inexact];
};

/** Where the bytes of an array come from. */
export interface Stored {
  readonly bytes: Uint8Array;
  readonly dtype: ElementType;
  readonly shape: Shape;
  readonly littleEndian: boolean;
  /** How messages call the array, for example `array "x"`. */
  readonly label: string;
  readonly file: string;
}

const integersOf = ({ bytes, dtype, littleEndian, label, file }: Stored): Float64Array => {
  const [data, index] = wideIntegers(bytes, dtype === "i64", littleEndian);
  if (index === null) return data;
  const holes = { index, array: label, limit: Number.MAX_SAFE_INTEGER };
  throw new Rejected([dataDiagnostics.report("value-range", inFile(file), holes)]);
};

const elementsOf = (stored: Stored): Elements => {
  const { bytes, dtype, littleEndian } = stored;
  const buffer = (): ArrayBuffer => aligned(bytes, widths[dtype], littleEndian);
  switch (dtype) {
    case "u8":
      return bytes;
    case "i8":
      return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    case "bool":
      return bytes.map((byte) => (byte === 0 ? 0 : 1));
    case "i16":
      return new Int16Array(buffer());
    case "u16":
      return new Uint16Array(buffer());
    case "i32":
      return new Int32Array(buffer());
    case "u32":
      return new Uint32Array(buffer());
    case "f32":
      return new Float32Array(buffer());
    case "f64":
      return new Float64Array(buffer());
    case "i64":
    case "u64":
      return integersOf(stored);
  }
};

/**
 * Makes an array of stored bytes; bytes of one-byte types are not copied. Throws Rejected: `data/size` when
 * the byte count is not shape times width, `data/value-range` for a 64-bit integer beyond 2^53.
 */
export const arrayOf = (stored: Stored): ArrayData => {
  const { bytes, dtype, shape, label, file } = stored;
  const needed = sizeOf(shape) * widths[dtype];
  if (bytes.length === needed) return { shape, dtype, data: elementsOf(stored) };
  const holes = { array: label, shape: showShape(shape), dtype, needed, found: bytes.length };
  throw new Rejected([dataDiagnostics.report("size", inFile(file), holes)]);
};

/** The values in their type, little-endian. Throws a plain Error when they do not fill the shape. */
export const bytesOf = ({ shape, dtype, data }: ArrayData): Uint8Array => {
  if (data.length !== sizeOf(shape)) throw new Error(`${data.length} values do not fill ${showShape(shape)}`);
  if (dtype !== "i64" && dtype !== "u64") {
    return new Uint8Array(
      aligned(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), widths[dtype], true),
    );
  }
  const bytes = new Uint8Array(8 * data.length);
  const view = new DataView(bytes.buffer);
  data.forEach((value, i) => {
    const high = Math.floor(value / 2 ** 32);
    view.setUint32(8 * i, value - high * 2 ** 32, true);
    view.setInt32(8 * i + 4, high, true);
  });
  return bytes;
};

/** The array with the first of these names, or the only one. Throws Rejected (`data/no-array`). */
export const pickArray = ({ arrays }: TensorFile, names: readonly string[], file: string): ArrayData => {
  const name = names.find((wanted) => arrays.has(wanted));
  const [only] = arrays.size === 1 ? arrays.values() : [];
  const found = name === undefined ? only : arrays.get(name);
  if (found !== undefined) return found;
  const show = (list: readonly string[]): string =>
    list.length === 0 ? "no array" : list.map((n) => JSON.stringify(n)).join(", ");
  const holes = { wanted: show(names), found: show([...arrays.keys()].slice(0, 20)) };
  throw new Rejected([dataDiagnostics.report("no-array", inFile(file), holes)]);
};
