import { inFile, quoteName, Rejected } from "../../compiler/diagnostics/index.ts";
import { type Shape, stridesOf } from "../../compiler/ir/core/index.ts";
import { type ArrayData, arrayOf, bytesOf, type Elements, type ElementType } from "./array.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { limits } from "./limits.ts";
import { HeaderError, type NpyHeader, parseNpyHeader } from "./npy-header.ts";

const magic = "\u0093NUMPY";

/** Kind and width of a `descr` after its byte order. */
const types: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["f4", "f32"],
  ["f8", "f64"],
  ["i1", "i8"],
  ["i2", "i16"],
  ["i4", "i32"],
  ["i8", "i64"],
  ["u1", "u8"],
  ["u2", "u16"],
  ["u4", "u32"],
  ["u8", "u64"],
  ["b1", "bool"],
]);

const damaged = (file: string, label: string, fault: string): Rejected =>
  new Rejected([
    dataDiagnostics.report("damaged", inFile(file), {
      format: "NumPy",
      fault: `${label}: ${fault}`,
      tool: "numpy.save",
    }),
  ]);

/** Start and end of the header text. Version 1 has a 2-byte length, versions 2 and 3 have 4 bytes. */
const headerRange = (bytes: Uint8Array, fail: (fault: string) => Rejected): readonly [number, number] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw fail(`its format version is ${version}, known are 1, 2 and 3`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw fail(`it ends after ${bytes.length} bytes, inside the header`);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const end = start + length;
  if (length > limits.npyHeader)
    throw fail(`its header has ${length} bytes, at most ${limits.npyHeader} are read`);
  if (end > bytes.length) throw fail(`its header ends at byte ${end}, the data at ${bytes.length}`);
  return [start, end];
};

const parse = (text: string, fail: (fault: string) => Rejected): NpyHeader => {
  try {
    return parseNpyHeader(text);
  } catch (error) {
    throw error instanceof HeaderError ? fail(error.message) : error;
  }
};

/** Column-major values in row-major order. */
const toRowMajor = (data: Elements, shape: Shape): Elements => {
  const strides = stridesOf(shape);
  const columns = stridesOf(shape.toReversed()).toReversed();
  const ordered = data.slice();
  for (let i = 0; i < data.length; i++) {
    let from = 0;
    let rest = i;
    for (let axis = 0; axis < shape.length; axis++) {
      const stride = strides[axis] ?? 1;
      const index = Math.floor(rest / stride);
      from += index * (columns[axis] ?? 1);
      rest -= index * stride;
    }
    ordered[i] = data[from] ?? 0;
  }
  return ordered;
};

export const isNpy = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && [...magic].every((char, i) => bytes[i] === char.charCodeAt(0));

/**
 * Reads one .npy array: f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 and bool, either byte order, C or Fortran order.
 * Throws Rejected: `data/damaged`, `data/dtype`, `data/size`, `data/value-range`.
 */
export const readNpy = (bytes: Uint8Array, file: string, name = ""): ArrayData => {
  const label = name === "" ? "the array" : `array "${quoteName(name)}"`;
  const fail = (fault: string): Rejected => damaged(file, label, fault);
  if (!isNpy(bytes)) throw fail("it does not start with the NumPy mark");
  const [start, end] = headerRange(bytes, fail);
  const { descr, fortranOrder, shape } = parse(
    new TextDecoder("latin1").decode(bytes.subarray(start, end)),
    fail,
  );
  const dtype = /^[<>|]/.test(descr) ? types.get(descr.slice(1)) : undefined;
  if (dtype === undefined) {
    const holes = { array: label, dtype: quoteName(descr), known: [...types.keys()].join(", ") };
    throw new Rejected([dataDiagnostics.report("dtype", inFile(file), holes)]);
  }
  const stored = {
    bytes: bytes.subarray(end),
    dtype,
    shape,
    littleEndian: !descr.startsWith(">"),
    label,
    file,
  };
  const array = arrayOf(stored);
  return fortranOrder ? { ...array, data: toRowMajor(array.data, shape) } : array;
};

const descrOf = (dtype: ElementType): string => {
  const name = [...types].find(([, type]) => type === dtype)?.[0] ?? dtype;
  return `${name.endsWith("1") ? "|" : "<"}${name}`;
};

/** The bytes of a .npy file, version 1.0, little-endian, C order; the same bytes that numpy.save writes. */
export const writeNpy = (array: ArrayData): Uint8Array => {
  const shape = array.shape.length === 1 ? `(${array.shape[0]},)` : `(${array.shape.join(", ")})`;
  const entries = `{'descr': '${descrOf(array.dtype)}', 'fortran_order': False, 'shape': ${shape}, }`;
  // NumPy leaves room for the first extent to grow to 21 digits in place.
  const growth = array.shape.length === 0 ? 0 : 21 - String(array.shape[0]).length;
  const length = Math.ceil((10 + entries.length + growth + 1) / 64) * 64 - 10;
  const head = Buffer.from(`${magic}\u0001\u0000\u0000\u0000${entries.padEnd(length - 1)}\n`, "latin1");
  head.writeUInt16LE(length, 8);
  const data = bytesOf(array);
  const bytes = new Uint8Array(head.length + data.length);
  bytes.set(head);
  bytes.set(data, head.length);
  return bytes;
};
