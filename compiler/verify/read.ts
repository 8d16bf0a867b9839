import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A claim that does not hold, or a file that cannot be read. */
export class Failure extends Error {}

export const demand: (holds: boolean, what: string) => asserts holds = (holds, what) => {
  if (!holds) throw new Failure(what);
};

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown, what: string): Fields => {
  demand(typeof value === "object" && value !== null && !Array.isArray(value), `${what} is no object`);
  return Object.fromEntries(Object.entries(value));
};

export const listOf = (value: unknown, what: string): readonly unknown[] => {
  demand(Array.isArray(value), `${what} is no list`);
  return value;
};

export const numberOf = (value: unknown, what: string): number => {
  demand(typeof value === "number" && Number.isFinite(value), `${what} is no number`);
  return value;
};

export const integersOf = (value: unknown, what: string): readonly number[] =>
  listOf(value, what).map((n) => {
    demand(Number.isSafeInteger(n), `${what} holds a value that is no integer`);
    return Number(n);
  });

export const textOf = (value: unknown, what: string): string => {
  demand(typeof value === "string", `${what} is no text`);
  return value;
};

/** Folder of a build; paths come from its own manifest and are checked before they are opened. */
export interface Folder {
  readonly bytes: (path: string) => Uint8Array;
  readonly json: (path: string, format: string) => Fields;
  readonly hash: (path: string) => string;
}

export const openFolder = (root: string): Folder => {
  const bytes = (path: string): Uint8Array => {
    demand(
      /^[A-Za-z0-9_-][A-Za-z0-9._/-]*$/.test(path) && !path.includes(".."),
      `path ${path} leaves the folder`,
    );
    return readFileSync(join(root, path));
  };
  return {
    bytes,
    hash: (path) => createHash("sha256").update(bytes(path)).digest("hex"),
    json: (path, format) => {
      const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes(path)));
      const fields = fieldsOf(parsed, path);
      demand(fields.format === format, `${path} is no ${format}`);
      return fields;
    },
  };
};

export type Weights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float64Array }>;

const readers: Readonly<Record<string, readonly [number, (v: DataView, o: number) => number]>> = {
  i8: [1, (v, o) => v.getInt8(o)],
  i16: [2, (v, o) => v.getInt16(o, true)],
  i32: [4, (v, o) => v.getInt32(o, true)],
  i64: [8, (v, o) => Number(v.getBigInt64(o, true))],
  f32: [4, (v, o) => v.getFloat32(o, true)],
  f64: [8, (v, o) => v.getFloat64(o, true)],
};

/** Integer weights by label, from a table and its binary. */
export const weightsOf = (table: unknown, binary: Uint8Array): Weights => {
  const view = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
  const weights = new Map<string, { shape: readonly number[]; data: Float64Array }>();
  for (const entry of listOf(table, "weights")) {
    const { label, dtype, shape, offset } = fieldsOf(entry, "a weight");
    const reader = readers[textOf(dtype, "dtype")];
    demand(reader !== undefined, `weight ${String(label)} has type ${String(dtype)}`);
    const extents = integersOf(shape, "shape");
    const count = extents.reduce((a, b) => a * b, 1);
    const start = numberOf(offset, "offset");
    demand(
      start >= 0 && start + count * reader[0] <= binary.length,
      `weight ${String(label)} lies outside the binary`,
    );
    const data = Float64Array.from({ length: count }, (_, i) => reader[1](view, start + i * reader[0]));
    weights.set(textOf(label, "label"), { shape: extents, data });
  }
  return weights;
};

export const weightIn = (
  weights: Weights,
  label: unknown,
): { readonly shape: readonly number[]; readonly data: Float64Array } => {
  const found = weights.get(textOf(label, "label"));
  demand(found !== undefined, `there is no weight ${String(label)}`);
  return found;
};
