import { zlibSync } from "fflate";
import {
  bytesOf as bytesOfArray,
  type Elements,
  type ElementType,
  widths,
} from "../../../runtime/files/array.ts";
import type { Shape } from "../../ir/core/index.ts";
import { messageTypes } from "./header.ts";
import { deflateFilter } from "./layout.ts";
import { Sheet } from "./sheet.ts";
import type { H5Leaf } from "./tree.ts";

/** Where a text lies: the address of its heap and its index there; null for the empty text. */
export type TextPlace = { readonly heap: number; readonly index: number; readonly length: number } | null;

/** A file while it is written; parts start at multiples of 8. */
export interface Target {
  readonly sheet: Sheet;
  readonly textAt: (text: string) => TextPlace;
}

const message = (type: number, content: Sheet): Sheet => {
  const padded = content.align(8).done();
  return new Sheet().u16(type, padded.length).u8(1, 0, 0, 0).raw(padded);
};

/** Writes a version 1 object header and gives its address. */
export const addHeader = (sheet: Sheet, messages: readonly Sheet[]): number => {
  sheet.align(8);
  const at = sheet.length;
  const size = messages.reduce((sum, m) => sum + m.length, 0);
  sheet.u8(1, 0).u16(messages.length).u32(1, size, 0);
  for (const m of messages) sheet.raw(m.done());
  return at;
};

const space = (shape: Shape): Sheet => {
  const content = new Sheet().u8(1, shape.length, 0, 0).u32(0);
  for (const extent of shape) content.u64(extent);
  return message(messageTypes.dataspace, content);
};

const integer = (width: number, signed: boolean): Sheet =>
  new Sheet()
    .u8(0x10, signed ? 8 : 0, 0, 0)
    .u32(width)
    .u16(0, 8 * width);

/** IEEE 754: sign in the highest bit, implied leading 1. */
const float = (width: 4 | 8): Sheet =>
  width === 4
    ? new Sheet().u8(0x11, 0x20, 31, 0).u32(4).u16(0, 32).u8(23, 8, 0, 23).u32(127)
    : new Sheet().u8(0x11, 0x20, 63, 0).u32(8).u16(0, 64).u8(52, 11, 0, 52).u32(1023);

/** UTF-8 of variable length. */
const text = (): Sheet => new Sheet().u8(0x19, 1, 1, 0).u32(16).raw(integer(1, false).done());

const typeOf = (dtype: ElementType): Sheet => {
  if (dtype === "f32") return float(4);
  if (dtype === "f64") return float(8);
  return integer(widths[dtype], dtype.startsWith("i"));
};

/** No fill value is stored; space is taken late, or chunk by chunk. */
const fill = (chunked: boolean): Sheet => message(5, new Sheet().u8(2, chunked ? 3 : 2, 0, 0));

const textBytes = (texts: readonly string[], textAt: Target["textAt"]): Uint8Array => {
  const cells = new Sheet();
  for (const one of texts) {
    const place = textAt(one);
    if (place === null) cells.u32(0).u64(0).u32(0);
    else cells.u32(place.length).u64(place.heap).u32(place.index);
  }
  return cells.done();
};

/** Children of a chunk tree node: twice the K that readers assume for superblock 0. */
const chunkSlots = 64;

/** One chunk, the whole array, in a tree of one node. */
const addChunk = (sheet: Sheet, shape: Shape, packed: Uint8Array): number => {
  sheet.align(8);
  const child = sheet.length;
  sheet.raw(packed).align(8);
  const at = sheet.length;
  const keySize = 8 + 8 * (shape.length + 1);
  sheet.ascii("TREE").u8(1, 0).u16(1).none().none();
  sheet.u32(packed.length, 0).u64(...shape.map(() => 0), 0);
  sheet.u64(child);
  sheet.u32(0, 0).u64(...shape, 0);
  sheet.zeros((chunkSlots - 1) * (keySize + 8));
  return at;
};

const gzipLevel = 4;

const filterMessage = (): Sheet =>
  message(
    messageTypes.filters,
    new Sheet().u8(1, 1, 0, 0).u32(0).u16(deflateFilter, 0, 1, 1).u32(gzipLevel, 0),
  );

/** Compressed when that is smaller with all that chunks need. */
const compressed = (bytes: Uint8Array, shape: Shape): Uint8Array | null => {
  const overhead = 24 + (chunkSlots + 1) * (24 + 8 * shape.length) + 64;
  if (shape.length === 0 || bytes.length <= overhead) return null;
  const packed = zlibSync(bytes, { level: gzipLevel });
  return packed.length + overhead < bytes.length ? packed : null;
};

/** Values in the array type that they are stored in. */
const typed: { readonly [K in ElementType]: (data: Float64Array) => Elements } = {
  f32: (data) => Float32Array.from(data),
  f64: (data) => data,
  i8: (data) => Int8Array.from(data),
  i16: (data) => Int16Array.from(data),
  i32: (data) => Int32Array.from(data),
  i64: (data) => data,
  u8: (data) => Uint8Array.from(data),
  u16: (data) => Uint16Array.from(data),
  u32: (data) => Uint32Array.from(data),
  u64: (data) => data,
  bool: (data) => Uint8Array.from(data),
};

/** Writes a dataset and gives the address of its header. */
export const addDataset = ({ sheet, textAt }: Target, { shape, values }: H5Leaf): number => {
  const isText = values.kind === "texts";
  const bytes = isText
    ? textBytes(values.data, textAt)
    : bytesOfArray({ shape, dtype: values.dtype, data: typed[values.dtype](values.data) });
  const packed = isText ? null : compressed(bytes, shape);
  const type = message(messageTypes.datatype, isText ? text() : typeOf(values.dtype));
  const common = [space(shape), type, fill(packed !== null)];
  if (packed !== null) {
    const tree = addChunk(sheet, shape, packed);
    const width = isText ? 16 : widths[values.dtype];
    const layout = new Sheet()
      .u8(3, 2, shape.length + 1)
      .u64(tree)
      .u32(...shape, width);
    return addHeader(sheet, [...common, message(messageTypes.layout, layout), filterMessage()]);
  }
  sheet.align(8);
  const at = sheet.length;
  sheet.raw(bytes);
  const layout = new Sheet().u8(3, 1);
  if (bytes.length === 0) layout.none().u64(0);
  else layout.u64(at, bytes.length);
  return addHeader(sheet, [...common, message(messageTypes.layout, layout)]);
};

/** Writes a group's header. */
export const addGroupHeader = (sheet: Sheet, tree: number, heap: number): number =>
  addHeader(sheet, [message(messageTypes.symbolTable, new Sheet().u64(tree, heap))]);
