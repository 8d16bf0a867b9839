import {
  type DType,
  decodeNumbers,
  dtypes,
  encodeNumbers,
  type Labels,
  labeler,
  type Source,
  schema,
  sizeOf,
  type Weight,
  weight,
  widthOf,
} from "../../ir/index.ts";

const { int, list, nullable, record, text, word, float } = schema;

/** One weight in a binary file: where its stored numbers lie, little-endian, and their hash. */
export const weightEntry = record({
  label: text,
  name: text,
  dtype: word(...dtypes),
  shape: list(int),
  grid: nullable(record({ scale: list(float), zero: list(int), axis: int })),
  offset: int,
  bytes: int,
});

type Entry = schema.Infer<typeof weightEntry>;

/** Weights of several graphs in one binary, each once; labels follow the order of first use. */
export interface WeightBinary {
  readonly labels: Labels;
  readonly entries: () => readonly Entry[];
  readonly bytes: () => Uint8Array;
}

/** Collects weights as graphs are written; equal weights (by hash) share their bytes. */
export const weightBinary = (): WeightBinary => {
  const label = labeler((w: Weight) => w.name);
  const entries = new Map<string, Entry>();
  const chunks: Uint8Array[] = [];
  let offset = 0;
  const add = (w: Weight): string => {
    const key = `${w.hash()}`;
    const known = entries.get(key);
    if (known !== undefined) return known.label;
    const bytes = encodeNumbers(w.dtype, w.stored());
    const padding = (8 - (offset % 8)) % 8;
    if (padding > 0) chunks.push(new Uint8Array(padding));
    offset += padding;
    entries.set(key, {
      label: label(w),
      name: w.name,
      dtype: w.dtype,
      shape: w.shape,
      grid: w.grid,
      offset,
      bytes: bytes.length,
    });
    chunks.push(bytes);
    offset += bytes.length;
    return label(w);
  };
  const joined = (): Uint8Array => {
    const all = new Uint8Array(offset);
    let at = 0;
    for (const chunk of chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  };
  return { labels: { weight: add }, entries: () => [...entries.values()], bytes: joined };
};

const isDType = (name: string): name is DType => dtypes.some((d) => d === name);

/** Weights by label from a table and its binary. Throws RangeError when an entry lies outside the binary. */
export const weightSource = (entries: readonly Entry[], binary: Uint8Array): Source => {
  const weights = new Map<string, Weight>();
  for (const { label, name, dtype, shape, grid, offset, bytes } of entries) {
    if (
      !isDType(dtype) ||
      bytes !== sizeOf(shape) * widthOf(dtype) ||
      offset < 0 ||
      offset + bytes > binary.length
    )
      throw new RangeError(`weight ${label} lies outside the binary or has the wrong size`);
    const data = (): Float64Array => decodeNumbers(dtype, binary.subarray(offset, offset + bytes));
    weights.set(label, weight({ name, shape, dtype, grid, data }));
  }
  return {
    weight: (label) => {
      const found = weights.get(label);
      if (found === undefined) throw new RangeError(`there is no weight ${label}`);
      return found;
    },
  };
};
