import type { ReadableElement } from "./elements.ts";
import { fromInt64, fromUint64 } from "./integer.ts";
import * as mini from "./minifloat.ts";
import type { Int64 } from "./wire.ts";

const int64At = (view: DataView, i: number): Int64 => ({
  low: view.getUint32(8 * i, true),
  high: view.getInt32(8 * i + 4, true),
});

const nibble = (view: DataView, i: number): number => (view.getUint8(i >> 1) >> (4 * (i & 1))) & 15;
const pair = (view: DataView, i: number): number => (view.getUint8(i >> 2) >> (2 * (i & 3))) & 3;

const inTable =
  (table: Float64Array) =>
  (view: DataView, i: number): number =>
    table[view.getUint8(i)] ?? Number.NaN;

/**
 * Value `i` of raw data; values narrower than a byte come lowest bits first. NaN from an integer type is a
 * value that a double cannot hold.
 */
export const readers: Readonly<Record<ReadableElement, (view: DataView, i: number) => number>> = {
  FLOAT: (view, i) => view.getFloat32(4 * i, true),
  DOUBLE: (view, i) => view.getFloat64(8 * i, true),
  FLOAT16: (view, i) => mini.fromHalf(view.getUint16(2 * i, true)),
  BFLOAT16: (view, i) => mini.fromBfloat(view.getUint16(2 * i, true)),
  FLOAT8E4M3FN: inTable(mini.float8E4M3FN),
  FLOAT8E4M3FNUZ: inTable(mini.float8E4M3FNUZ),
  FLOAT8E5M2: inTable(mini.float8E5M2),
  FLOAT8E5M2FNUZ: inTable(mini.float8E5M2FNUZ),
  FLOAT8E8M0: inTable(mini.float8E8M0),
  FLOAT4E2M1: (view, i) => mini.float4E2M1[nibble(view, i)] ?? Number.NaN,
  INT8: (view, i) => view.getInt8(i),
  UINT8: (view, i) => view.getUint8(i),
  INT16: (view, i) => view.getInt16(2 * i, true),
  UINT16: (view, i) => view.getUint16(2 * i, true),
  INT32: (view, i) => view.getInt32(4 * i, true),
  UINT32: (view, i) => view.getUint32(4 * i, true),
  INT64: (view, i) => fromInt64(int64At(view, i)),
  UINT64: (view, i) => fromUint64(int64At(view, i)),
  BOOL: (view, i) => (view.getUint8(i) === 0 ? 0 : 1),
  UINT4: nibble,
  // Sign extension of the low 4 bits, then of the low 2.
  INT4: (view, i) => (nibble(view, i) << 28) >> 28,
  UINT2: pair,
  INT2: (view, i) => (pair(view, i) << 30) >> 30,
};
