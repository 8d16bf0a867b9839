import { type H5Content, type H5Leaf, writeHdf5 } from "../../../compiler/formats/hdf5/index.ts";
import { type Shape, sizeOf } from "../../../compiler/ir/index.ts";

export const numbersLeaf = (shape: Shape, data: readonly number[] | Float64Array): H5Leaf => ({
  shape,
  values: { kind: "numbers", dtype: "f32", data: Float64Array.from(data) },
});

export const text = (value: string): H5Leaf => ({ shape: [1], values: { kind: "texts", data: [value] } });

/** A field given as a number, a list, a text, an array or a group. */
export type Field = number | readonly number[] | string | H5Content;

const isList = (field: readonly number[] | H5Content): field is readonly number[] => Array.isArray(field);

const content = (field: Field): H5Content => {
  if (typeof field === "number") return numbersLeaf([], [field]);
  if (typeof field === "string") return text(field);
  return isList(field) ? numbersLeaf([field.length], field) : field;
};

export type Layer = Readonly<Record<string, Field>>;

export const group = (fields: Layer): ReadonlyMap<string, H5Content> =>
  new Map(Object.entries(fields).map(([name, field]) => [name, content(field)]));

/** A neuron that forgets its current at once. */
export const cuba = (fields: Layer = {}): ReadonlyMap<string, H5Content> =>
  group({ type: "CUBA", iDecay: 4096, vDecay: 1024, vThMant: 2, refDelay: 1, ...fields });

export const sdnn = (fields: Layer = {}): ReadonlyMap<string, H5Content> =>
  group({ type: "SDNN", activation: "relu", vThMant: 0, ...fields });

/** Bytes of a `.net` file. */
export const netBytes = (layers: readonly Layer[]): Uint8Array =>
  writeHdf5(
    new Map<string, H5Content>([
      ["layer", new Map<string, H5Content>(layers.map((layer, i) => [`${i}`, group(layer)]))],
      ["simulation", group({ Ts: 1, tSample: 16 })],
    ]),
  );

/** An array of small integers that follow a fixed pattern. */
export const pattern = (shape: Shape, seed = 1): H5Leaf =>
  numbersLeaf(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7 + seed * 5) % 11) - 5),
  );
