import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { type ArrayData, arrayOf, type ElementType } from "./array.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { isShape } from "./limits.ts";

/** Type codes of IDX, the format of MNIST (yann.lecun.com/exdb/mnist, "the IDX file format"). */
const types: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [0x08, "u8"],
  [0x09, "i8"],
  [0x0b, "i16"],
  [0x0c, "i32"],
  [0x0d, "f32"],
  [0x0e, "f64"],
]);

export const isIdx = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && types.has(bytes[2] ?? 0) && (bytes[3] ?? 0) > 0;

/** Reads an IDX array; values are big-endian. Throws Rejected: `data/damaged`, `data/size`. */
export const readIdx = (bytes: Uint8Array, file: string): ArrayData => {
  const fail = (fault: string): Rejected =>
    new Rejected([
      dataDiagnostics.report("damaged", inFile(file), {
        format: "IDX",
        fault,
        tool: "the program that made it",
      }),
    ]);
  const dtype = types.get(bytes[2] ?? 0);
  if (!isIdx(bytes) || dtype === undefined)
    throw fail("it does not start with two zero bytes and a known type");
  const rank = bytes[3] ?? 0;
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw fail(`its header has ${start} bytes, the file ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis, false));
  if (!isShape(shape)) throw fail(`its shape, of ${rank} dimensions, is larger than any array that is read`);
  return arrayOf({
    bytes: bytes.subarray(start),
    dtype,
    shape,
    littleEndian: false,
    label: "the array",
    file,
  });
};
