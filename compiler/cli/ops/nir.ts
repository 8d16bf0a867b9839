import {
  type ImportedNir,
  type NirArray,
  type NirGraph,
  type NirNode,
  type NirType,
  networkOf,
  nirTypes,
} from "../../formats/nir/index.ts";
import { type Shape, sizeOf } from "../../ir/index.ts";
import type { Backend } from "../../target/index.ts";
import type { RowMaker, SupportRow } from "./row.ts";
import { nativeVerdict, opsOf, read, sampleName, verdictsOf } from "./verdict.ts";

const map: Shape = [4, 4, 4];
const line: Shape = [4, 8];
const vector: Shape = [16];

const array = (shape: Shape, value?: number): NirArray => ({
  shape,
  dtype: "f32",
  data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => value ?? (((i * 5 + 3) % 7) - 2) / 8),
});

const pool = { kernelSize: [2, 2], stride: [2, 2], padding: [0, 0] } as const;
const fires = { vThreshold: array(vector, 1), vReset: array(vector, 0) };
const leaks = { r: array(vector, 1), vLeak: array(vector, 0) };
const current = {
  ...leaks,
  tauSyn: array(vector, 0.005),
  tauMem: array(vector, 0.02),
  wIn: array(vector, 1),
};

const inner = (name: string): NirGraph => ({
  nodes: new Map<string, NirNode>([
    ["input", { type: "Input", name: "input", shape: vector }],
    [name, { type: "Scale", name, scale: array(vector, 0.5) }],
    ["output", { type: "Output", name: "output", shape: vector }],
  ]),
  edges: [
    ["input", name],
    [name, "output"],
  ],
});

const name = sampleName;

/** The least use of every type. */
const parts: {
  readonly [K in Exclude<NirType, "Input" | "Output">]: { readonly input: Shape; readonly node: NirNode };
} = {
  Affine: { input: vector, node: { type: "Affine", name, weight: array([8, 16]), bias: array([8]) } },
  Linear: { input: vector, node: { type: "Linear", name, weight: array([8, 16]) } },
  Scale: { input: vector, node: { type: "Scale", name, scale: array(vector, 0.5) } },
  Conv1d: {
    input: line,
    node: {
      type: "Conv1d",
      name,
      inputShape: 8,
      weight: array([4, 4, 3]),
      bias: array([4]),
      stride: 1,
      padding: 1,
      dilation: 1,
      groups: 1,
    },
  },
  Conv2d: {
    input: map,
    node: {
      type: "Conv2d",
      name,
      inputShape: [4, 4],
      weight: array([4, 4, 3, 3]),
      bias: array([4]),
      stride: [1, 1],
      padding: [1, 1],
      dilation: [1, 1],
      groups: 1,
    },
  },
  SumPool2d: { input: map, node: { type: "SumPool2d", name, ...pool } },
  AvgPool2d: { input: map, node: { type: "AvgPool2d", name, ...pool } },
  Flatten: { input: map, node: { type: "Flatten", name, startDim: 0, endDim: -1, inputType: map } },
  Delay: { input: vector, node: { type: "Delay", name, delay: array(vector, 0.003) } },
  Threshold: { input: vector, node: { type: "Threshold", name, threshold: array(vector, 1) } },
  I: { input: vector, node: { type: "I", name, r: array(vector, 1) } },
  LI: { input: vector, node: { type: "LI", name, tau: array(vector, 0.02), ...leaks } },
  IF: { input: vector, node: { type: "IF", name, r: array(vector, 1), ...fires } },
  LIF: { input: vector, node: { type: "LIF", name, tau: array(vector, 0.02), ...leaks, ...fires } },
  CubaLI: { input: vector, node: { type: "CubaLI", name, ...current } },
  CubaLIF: { input: vector, node: { type: "CubaLIF", name, ...current, ...fires } },
  NIRGraph: { input: vector, node: { type: "NIRGraph", name, graph: inner("inner") } },
};

const isPart = (type: NirType): type is keyof typeof parts => Object.hasOwn(parts, type);

const readPart = (type: keyof typeof parts): ImportedNir => {
  const { input, node } = parts[type];
  const nodes = new Map<string, NirNode>([
    ["input", { type: "Input", name: "input", shape: input }],
    [name, node],
  ]);
  return networkOf({ version: "", graph: { nodes, edges: [["input", name]] } }, "sample.nir");
};

const rowOf = (type: NirType, backends: readonly Backend[]): SupportRow => {
  const row = { format: "nir", name: type, note: "" } as const;
  if (!isPart(type))
    return {
      ...row,
      becomes: ["input", "output"].filter((end) => end === type.toLowerCase()),
      verdicts: backends.map(() => read),
    };
  const found = readPart(type);
  if (found.kind === "tensor")
    return { ...row, becomes: opsOf(found.graph), verdicts: verdictsOf(found.graph, backends) };
  const own = found.network.nodes.filter((n) => n.name === name);
  return {
    ...row,
    becomes: [...new Set(own.map(({ op }) => op.kind))],
    verdicts: backends.map(nativeVerdict(found.network)),
  };
};

/** Every node type of NIR. Those with a state or a delay run natively, the others as tensor ops where nothing in the file has one. */
export const nirRows: RowMaker = {
  names: nirTypes,
  rows: (type, backends) => nirTypes.filter((t) => t === type).map((t) => rowOf(t, backends)),
};
