import { type Diagnostic, inFile, quoteName, Rejected } from "../../compiler/diagnostics/index.ts";
import type { Shape } from "../../compiler/ir/core/index.ts";
import { type ArrayData, arrayOf, type ElementType, type TensorFile } from "./array.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { isShape, limits } from "./limits.ts";

/** Names of element types in the header (huggingface/safetensors:README.md, format). */
const types: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["F32", "f32"],
  ["F64", "f64"],
  ["I8", "i8"],
  ["I16", "i16"],
  ["I32", "i32"],
  ["I64", "i64"],
  ["U8", "u8"],
  ["U16", "u16"],
  ["U32", "u32"],
  ["U64", "u64"],
  ["BOOL", "bool"],
]);

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: Shape;
  readonly from: number;
  readonly to: number;
}

type Fail = (fault: string) => Rejected;

const headerLength = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
};

export const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes.length >= 10 && bytes[8] === 0x7b && headerLength(bytes) <= bytes.length - 8;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isOffset = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const entryOf = (name: string, value: unknown, fail: Fail): Entry => {
  const broken = (what: string): Rejected => fail(`entry "${quoteName(name)}" has no valid ${what}`);
  if (!isObject(value)) throw broken("description");
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string") throw broken("dtype");
  if (!Array.isArray(shape) || !isShape(shape)) throw broken("shape");
  if (!Array.isArray(offsets) || offsets.length !== 2) throw broken("data_offsets");
  const [from, to]: readonly unknown[] = offsets;
  if (!isOffset(from) || !isOffset(to) || from > to) throw broken("data_offsets");
  return { name, dtype, shape, from, to };
};

const parseHeader = (bytes: Uint8Array, fail: Fail): Readonly<Record<string, unknown>> => {
  const parse = (): unknown => {
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      throw fail("its header is not JSON");
    }
  };
  const header = parse();
  if (!isObject(header)) throw fail("its header is not an object");
  return header;
};

/** The entries must cover the data without holes or overlaps, as the format demands. */
const checkCover = (entries: readonly Entry[], size: number, fail: Fail): void => {
  const ordered = [...entries].sort((a, b) => a.from - b.from || a.to - b.to);
  let at = 0;
  for (const { name, from, to } of ordered) {
    if (from !== at)
      throw fail(`entry "${quoteName(name)}" starts at byte ${from} of the data, byte ${at} is next`);
    at = to;
  }
  if (at !== size) throw fail(`its entries end at byte ${at} of the data, the data has ${size} bytes`);
};

const readEntry = ({ name, dtype, shape, from, to }: Entry, data: Uint8Array, file: string): ArrayData => {
  const label = `array "${quoteName(name)}"`;
  const type = types.get(dtype);
  if (type !== undefined)
    return arrayOf({ bytes: data.subarray(from, to), dtype: type, shape, littleEndian: true, label, file });
  const holes = { array: label, dtype: quoteName(dtype), known: [...types.keys()].join(", ") };
  throw new Rejected([dataDiagnostics.report("dtype", inFile(file), holes)]);
};

/** Reads a .safetensors file. Throws Rejected: `data/damaged`, or the faults of all arrays at once. */
export const readSafetensors = (bytes: Uint8Array, file: string): TensorFile => {
  const fail: Fail = (fault) =>
    new Rejected([
      dataDiagnostics.report("damaged", inFile(file), { format: "safetensors", fault, tool: "safetensors" }),
    ]);
  const length = bytes.length < 8 ? 0 : headerLength(bytes);
  if (length > limits.safetensorsHeader)
    throw fail(`its header has ${length} bytes, at most ${limits.safetensorsHeader} are read`);
  if (length < 2 || 8 + length > bytes.length)
    throw fail(`its header has ${length} bytes, the file ${bytes.length}`);
  const header = parseHeader(bytes.subarray(8, 8 + length), fail);
  const named = Object.entries(header).filter(([name]) => name !== "__metadata__");
  if (named.length > limits.entries)
    throw fail(`it has ${named.length} arrays, at most ${limits.entries} are read`);
  const entries = named.map(([name, value]) => entryOf(name, value, fail));
  const data = bytes.subarray(8 + length);
  checkCover(entries, data.length, fail);
  const arrays = new Map<string, ArrayData>();
  const faults: Diagnostic[] = [];
  for (const entry of entries) {
    try {
      arrays.set(entry.name, readEntry(entry, data, file));
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      faults.push(...error.diagnostics);
    }
  }
  if (faults.length > 0) throw new Rejected(faults);
  return { format: "safetensors", arrays };
};
