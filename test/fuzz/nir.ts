import {
  importNir,
  type NirArray,
  type NirGraph,
  type NirNode,
  writeNir,
} from "../../compiler/formats/nir/index.ts";
import {
  type Shape,
  sizeOf,
  spikingInvariants,
  tensorInvariants,
  violationsOf,
} from "../../compiler/ir/index.ts";
import { lowerNative } from "../../compiler/native/index.ts";
import { repoBytes } from "../shared-data.ts";
import { demandValid, type Fuzzer, type Outcome, outcomeOf } from "./fuzzer.ts";
import { hdf5Mutants } from "./hdf5/fuzzer.ts";

const array = (shape: Shape, value = 0.5): NirArray => ({
  shape,
  dtype: "f32",
  data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => value + (i % 3) / 8),
});

const graph = (nodes: readonly NirNode[], edges: NirGraph["edges"]): NirGraph => ({
  nodes: new Map(nodes.map((node) => [node.name, node])),
  edges,
});

const chain = (nodes: readonly NirNode[]): NirGraph =>
  graph(
    nodes,
    nodes.slice(1).map((node, i) => [nodes[i]?.name ?? "", node.name] as const),
  );

const slid = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;
const spiking = (shape: Shape) => ({ vThreshold: array(shape, 1), vReset: array(shape, 0) });
const leaky = (shape: Shape) => ({ tau: array(shape, 0.01), r: array(shape, 1), vLeak: array(shape, 0) });
const current = (shape: Shape) => ({
  tauSyn: array(shape, 0.02),
  tauMem: array(shape, 0.01),
  r: array(shape, 1),
  vLeak: array(shape, 0),
  wIn: array(shape, 1),
});

const convolutional = chain([
  { type: "Input", name: "input", shape: [2, 6, 5] },
  {
    type: "Conv2d",
    name: "conv",
    inputShape: [6, 5],
    weight: array([3, 2, 3, 3]),
    bias: array([3]),
    ...slid,
  },
  { type: "LIF", name: "lif", ...leaky([3, 6, 5]), ...spiking([3, 6, 5]) },
  { type: "SumPool2d", name: "sum", kernelSize: [2, 2], stride: [2, 2], padding: [0, 0] },
  { type: "AvgPool2d", name: "mean", kernelSize: [1, 2], stride: [1, 1], padding: [0, 0] },
  { type: "Flatten", name: "flat", startDim: 0, endDim: -1, inputType: [3, 3, 1] },
  { type: "Affine", name: "dense", weight: array([4, 9]), bias: array([4]) },
  { type: "CubaLIF", name: "cuba", ...current([4]), ...spiking([4]) },
  { type: "Output", name: "output", shape: [4] },
]);

const looped: NirGraph = graph(
  [
    { type: "Input", name: "input", shape: [2, 9] },
    {
      type: "Conv1d",
      name: "conv",
      inputShape: 9,
      weight: array([2, 1, 3]),
      bias: array([2]),
      stride: 1,
      padding: "same",
      dilation: 1,
      groups: 2,
    },
    { type: "IF", name: "if", r: array([2, 9], 1), ...spiking([2, 9]) },
    { type: "Scale", name: "scale", scale: array([2, 9]) },
    { type: "Delay", name: "delay", delay: array([2, 9], 0) },
    { type: "Threshold", name: "step", threshold: array([2, 9]) },
    { type: "Flatten", name: "flat", startDim: 0, endDim: -1, inputType: [2, 9] },
    { type: "Linear", name: "linear", weight: array([3, 18]) },
    { type: "CubaLI", name: "out", ...current([3]) },
    { type: "Output", name: "output", shape: [3] },
  ],
  [
    ...([
      ["input", "conv"],
      ["conv", "if"],
      ["if", "scale"],
      ["scale", "if"],
      ["if", "delay"],
      ["delay", "if"],
    ] as const),
    ...([
      ["if", "step"],
      ["step", "flat"],
      ["flat", "linear"],
      ["linear", "out"],
      ["out", "output"],
    ] as const),
  ],
);

const nested: NirGraph = graph(
  [
    { type: "Input", name: "input", shape: [4] },
    {
      type: "NIRGraph",
      name: "inner",
      graph: chain([
        { type: "Input", name: "in", shape: [4] },
        { type: "I", name: "i", r: array([4], 1) },
        { type: "LI", name: "li", ...leaky([4]) },
        { type: "Output", name: "out", shape: [4] },
      ]),
    },
    { type: "LIF", name: "lif", ...leaky([1]), ...spiking([1]) },
    { type: "Output", name: "output", shape: [4] },
  ],
  [
    ["input", "inner"],
    ["inner", "lif"],
    ["lif", "inner"],
    ["lif", "output"],
  ],
);

const still = chain([
  { type: "Input", name: "input", shape: [2, 3] },
  { type: "Affine", name: "blocks", weight: array([2, 4, 3]), bias: array([2, 4]) },
  { type: "Output", name: "output", shape: [2, 4] },
]);

/** Arrays that are large and plain enough to be written compressed. */
const packed = chain([
  { type: "Input", name: "input", shape: [256] },
  {
    type: "Linear",
    name: "linear",
    weight: { ...array([64, 256]), data: new Float64Array(64 * 256).fill(0.25) },
  },
  { type: "LIF", name: "lif", ...leaky([64]), ...spiking([64]) },
  { type: "Output", name: "output", shape: [64] },
]);

/** Our own layout, and that of the HDF5 library. */
export const nirSeeds = (): readonly Uint8Array[] => [
  ...[convolutional, looped, nested, still, packed].map((network) =>
    writeNir(network, new Map([["reset", "hard"]])),
  ),
  repoBytes("test/fixtures/nir/lif_norse.nir"),
];

/** Reads a file and builds its spiking network, or its function. */
export const readNirFile = (bytes: Uint8Array): Outcome =>
  outcomeOf(() => {
    const imported = importNir(bytes, "case.nir");
    if (imported.kind === "tensor")
      return demandValid("the graph", violationsOf(tensorInvariants, imported.graph));
    const lowered = lowerNative(imported.network, { profile: "euler", dt: 1e-3, reset: null });
    demandValid("the network", violationsOf(spikingInvariants, lowered.network));
  });

export const nirFuzzer = (): Fuzzer => ({ name: "nir", mutant: hdf5Mutants(nirSeeds), read: readNirFile });
