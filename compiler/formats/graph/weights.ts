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

/** Collects weights as graphs are written. One entry a weight object, so that sharing stays what it is; equal bytes lie once. */
export const weightBinary = (): WeightBinary => {
  const label = labeler((w: Weight) => w.name);
  const entries = new Map<Weight, Entry>();
  const places = new Map<string, { readonly offset: number; readonly bytes: number }>();
  const chunks: Uint8Array[] = [];
  let offset = 0;
  const place = (w: Weight): { readonly offset: number; readonly bytes: number } => {
    const known = places.get(w.hash());
    if (known !== undefined) return known;
    const bytes = encodeNumbers(w.dtype, w.stored());
    const padding = (8 - (offset % 8)) % 8;
    if (padding > 0) chunks.push(new Uint8Array(padding));
    const made = { offset: offset + padding, bytes: bytes.length };
    places.set(w.hash(), made);
    chunks.push(bytes);
    offset = made.offset + bytes.length;
    return made;
  };
  const add = (w: Weight): string => {
    const known = entries.get(w);
    if (known !== undefined) return known.label;
    const { name, dtype, shape, grid } = w;
    const entry = { label: label(w), name, dtype, shape, grid, ...place(w) };
    entries.set(w, entry);
    return entry.label;
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
