import { type H5Object, readHdf5 } from "../../compiler/formats/hdf5/index.ts";
import {
  floats,
  integers,
  item,
  membraneOf,
  type Shape,
  toZero,
  type Weight,
} from "../../compiler/ir/index.ts";
import { type NativeNode, native } from "../../compiler/native/index.ts";
import { readFileBounded, readNpy } from "../../runtime/files/index.ts";

/** An array of a trace, [steps, ...] in the order of our values: files have x, y, channel, step. */
export const stepsFirst = (path: string): { readonly shape: Shape; readonly data: Float64Array } => {
  const { shape, data } = readNpy(readFileBounded(path), path);
  const order = [...shape.keys()].reverse();
  const to = order.map((axis) => item(shape, axis));
  const out = new Float64Array(data.length);
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    let at = 0;
    for (const axis of order) at = at * item(shape, axis) + item(index, axis);
    out[at] = data[i] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = item(index, axis) + 1;
      if (item(index, axis) < item(shape, axis)) break;
      index[axis] = 0;
    }
  }
  return { shape: to, data: out };
};

type Field = (path: string) => H5Object | undefined;

const fieldsOf = (path: string): Field => {
  const root = readHdf5(readFileBounded(path), path);
  return (at) =>
    at
      .split("/")
      .reduce<H5Object | undefined>(
        (object, name) => (object?.kind === "group" ? object.children.get(name) : undefined),
        root,
      );
};

const numbersAt = (field: Field, path: string): Float64Array => {
  const object = field(path);
  const values = object?.kind === "dataset" ? object.read() : undefined;
  if (values?.kind !== "numbers") throw new Error(`${path} holds no numbers`);
  return values.data;
};

const shapeAt = (field: Field, path: string): Shape => {
  const object = field(path);
  return object?.kind === "dataset" ? object.shape : [];
};

/** A CUBA neuron of Lava: decays in parts of 4096, threshold and bias mantissas times 64. */
const cellOf = (field: Field, layer: string, start: number): ReturnType<typeof native.cell> => {
  const number = (name: string): number => item(numbersAt(field, `${layer}/neuron/${name}`), 0);
  const share = (decay: number): Weight => floats("decay", [1], Float64Array.of((4096 - decay) / 4096));
  const [i, v] = [number("iDecay"), number("vDecay")];
  const model = membraneOf({
    currentDecay: i === 4096 ? null : share(i),
    decay: share(v),
    threshold: integers("threshold", [1], Float64Array.of(number("vThMant") * 64)),
    comparator: "above",
    reset: toZero,
  });
  const bias = numbersAt(field, `${layer}/bias`).map((b) => b * 64);
  return native.cell(model, { bias: integers("bias", [bias.length], bias), start });
};

const pairsOf = (values: Float64Array): readonly (readonly [number, number])[] =>
  [...values].map((p) => [p, p] as const);

/** The conv or dense map of a layer; a fifth axis of kernels has one entry. */
const mapOf = (field: Field, layer: string): ReturnType<typeof native.affine> => {
  const shape = shapeAt(field, `${layer}/weight`);
  const weight = (to: Shape): Weight => integers("weight", to, numbersAt(field, `${layer}/weight`));
  if (shape.length === 2) return native.affine(weight(shape));
  return native.conv(weight(shape.slice(0, 4)), {
    strides: [...numbersAt(field, `${layer}/stride`)],
    pads: pairsOf(numbersAt(field, `${layer}/padding`)),
  });
};

/** The layers of a `.net` file that compute, as nodes; `names` says which, by number. The input is node `input`. */
export const nodesOf = (
  path: string,
  layers: readonly (readonly [number: number, name: string])[],
): readonly NativeNode[] => {
  const field = fieldsOf(path);
  return layers.flatMap(([number, name], k) => [
    native.node(`${name}.map`, mapOf(field, `layer/${number}`)),
    native.node(name, cellOf(field, `layer/${number}`, k + 1)),
  ]);
};

/** How many values differ. */
export const mismatches = (a: Float64Array, b: Float64Array): number => {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  return a.reduce((n, x, i) => (x === b[i] ? n : n + 1), 0);
};
