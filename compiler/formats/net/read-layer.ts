import { atNode, quoteName } from "../../diagnostics/index.ts";
import { showShape, sizeOf } from "../../ir/core/index.ts";
import type { Fields, H5Array } from "../hdf5/index.ts";
import { netDiagnostics } from "./diagnostics.ts";
import type { NetLayer, NetLayerOf, NetWindow } from "./layer.ts";
import { limits } from "./limits.ts";
import { neuronOr, type Reading, readNeuron } from "./read-neuron.ts";

/** Why types that Lava names are not read. */
const refused: ReadonlyMap<string, readonly [reason: string, change: string]> = new Map([
  ["convT", ["transposed convolutions have no form in NetX", "use conv and pool blocks"]],
  ["unpool", ["unpooling has no form in NetX", "use conv and pool blocks"]],
  [
    "concat",
    ["no exporter writes it, and its layout is not settled", "export a network without concatenation"],
  ],
  [
    "dense_comp",
    ["complex weights need resonate-and-fire neurons", "use dense blocks of cuba or sigma_delta"],
  ],
]);

const shapeOf = (f: Fields): readonly number[] => {
  const shape = f.shape("shape");
  if (sizeOf(shape) <= limits.neurons) return shape;
  f.bad("shape", `it has ${sizeOf(shape)} neurons`, `at most ${limits.neurons} neurons a layer`);
  return [1];
};

const weights = (f: Fields, field: string): H5Array =>
  f.integers(field, limits.weight.least, limits.weight.most);

const biasOf = (f: Fields): Float64Array | null =>
  f.optionalIntegers("bias", -limits.bias, limits.bias)?.data ?? null;

const windowOf = (f: Fields): NetWindow => ({
  stride: f.pair("stride", 1, 1),
  padding: f.pair("padding", 0, 0),
  dilation: f.pair("dilation", 1, 1),
});

/** A matrix [out, in]; lists of out x in numbers are taken row by row, as NetX takes them. */
const matrix = (f: Fields, field: string, rows: number): H5Array => {
  const found = weights(f, field);
  const { shape, data } = found;
  const columns = shape.length === 2 ? (shape[1] ?? 1) : data.length / rows;
  const fits = (shape.length === 2 && shape[0] === rows) || (shape.length === 1 && Number.isInteger(columns));
  if (!fits) f.bad(field, `its shape is ${showShape(shape)}`, `the shape ${rows} x inputs`);
  return { ...found, shape: fits ? [rows, columns] : [1, data.length] };
};

const dense = (f: Fields, reading: Reading, loops: boolean): NetLayerOf<"dense"> => {
  const size = sizeOf(shapeOf(f));
  const weight = matrix(f, "weight", size);
  const recurrent = loops ? matrix(f, "weight_rec", size) : null;
  if (recurrent !== null && recurrent.shape[1] !== size)
    f.bad("weight_rec", `its shape is ${showShape(recurrent.shape)}`, `the shape ${size}x${size}`);
  const delay = f.optionalIntegers("delay", 0, limits.delay);
  const late = delay?.data.some((d) => d > 0) === true;
  if (late && loops) f.bad("delay", "NetX of Lava gives the loop the delays of the input", "no delays here");
  const bias = biasOf(f);
  return {
    type: "dense",
    size,
    weight,
    recurrent,
    bias,
    delay: late ? delay : null,
    neuron: neuronOr(f, reading),
  };
};

/** Kernels have a last axis of one entry, which stands for time. */
const kernelOf = (f: Fields): H5Array => {
  const found = weights(f, "weight");
  const { shape } = found;
  if (shape.length === 4 || (shape.length === 5 && shape[4] === 1))
    return { ...found, shape: shape.slice(0, 4) };
  f.bad("weight", `its shape is ${showShape(shape)}`, "four axes: outputs, inputs, rows, columns");
  return { ...found, shape: [1, 1, 1, found.data.length] };
};

/** NetX leaves out the delays of these layers, SLAYER does not: which is meant cannot be known. */
const refuseDelay = (f: Fields): void => {
  if (f.optionalArray("delay")?.data.some((d) => d !== 0))
    f.bad("delay", "SLAYER trains with it, NetX of Lava runs without it", "no delays here");
};

const conv = (f: Fields, reading: Reading): NetLayerOf<"conv"> => {
  refuseDelay(f);
  const shape = shapeOf(f);
  if (shape.length !== 3) f.bad("shape", `it is ${showShape(shape)}`, "channels, rows and columns");
  const weight = kernelOf(f);
  const groups = f.int("groups", 1, 1);
  if ((weight.shape[0] ?? 1) % groups !== 0)
    f.bad(
      "groups",
      `${groups} groups do not divide ${weight.shape[0]} outputs`,
      "groups that divide the outputs",
    );
  return {
    type: "conv",
    shape,
    weight,
    groups,
    ...windowOf(f),
    bias: biasOf(f),
    neuron: neuronOr(f, reading),
  };
};

const pool = (f: Fields, reading: Reading): NetLayerOf<"pool"> => {
  refuseDelay(f);
  const shape = shapeOf(f);
  if (shape.length !== 3) f.bad("shape", `it is ${showShape(shape)}`, "channels, rows and columns");
  const kernel = kernelOf(f);
  const [out = 1, inner = 1, ...space] = kernel.shape;
  if (out !== 1 || inner !== 1)
    f.bad("weight", `its shape is ${showShape(kernel.shape)}`, "one kernel for all channels");
  return {
    type: "pool",
    shape,
    weight: { ...kernel, shape: space },
    ...windowOf(f),
    neuron: neuronOr(f, reading),
  };
};

const input = (f: Fields, reading: Reading): NetLayerOf<"input"> => ({
  type: "input",
  shape: shapeOf(f),
  neuron: readNeuron(f, reading),
  // What NetX takes where nothing is stored (create_input).
  weight: f.optionalArray("weight")?.data[0] ?? 64,
  bias: f.optionalArray("bias")?.data[0] ?? 0,
});

/** A layer of a file; null where its type is refused. Faults carry the number of the layer and the field. */
export const readLayer = (f: Fields, type: string, reading: Reading): NetLayer | null => {
  switch (type) {
    case "input":
      return input(f, reading);
    case "flatten":
      return { type: "flatten" };
    case "average":
      return { type: "average", groups: sizeOf(shapeOf(f)) };
    case "dense":
    case "dense_rec":
      return dense(f, reading, type === "dense_rec");
    case "conv":
      return conv(f, reading);
    case "pool":
      return pool(f, reading);
    default: {
      const [reason, change] = refused.get(type) ?? [
        "read are input, dense, dense_rec, conv, pool, flatten and average",
        "export it with the blocks of SLAYER",
      ];
      const holes = { layer: reading.layer, type: quoteName(type), reason, change };
      reading.faults.push(netDiagnostics.report("layer-type", atNode(reading.path, reading.file), holes));
      return null;
    }
  }
};
