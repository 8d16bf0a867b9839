import { inFile, named, quoteName, Rejected } from "../../diagnostics/index.ts";
import {
  floats,
  keysInOrder,
  maker,
  type Output,
  type Shape,
  sameShape,
  sizeOf,
} from "../../ir/core/index.ts";
import { type Tensor, type TensorGraph, type TensorNode, tensorLevel } from "../../ir/tensor/index.ts";
import { blockMatrix } from "./block-matrix.ts";
import { nirDiagnostics } from "./diagnostics.ts";
import type { Ended } from "./ends.ts";
import type { NirArray, NirNodeOf, NirType } from "./graph.ts";
import { neighboursOf } from "./infer-shapes.ts";
import type { FlatGraph, FlatNode } from "./inline.ts";
import { extended, parameterOf, weightOf } from "./parameters.ts";
import type { Ports } from "./shape-rules.ts";
import { windowOf } from "./window.ts";

type DynamicType = "Delay" | "Threshold" | "I" | "LI" | "IF" | "LIF" | "CubaLI" | "CubaLIF";
type StaticNode = NirNodeOf<Exclude<NirType, "NIRGraph" | DynamicType>>;

const dynamicTypes: Readonly<Record<DynamicType, true>> = {
  Delay: true,
  Threshold: true,
  I: true,
  LI: true,
  IF: true,
  LIF: true,
  CubaLI: true,
  CubaLIF: true,
};

const isStatic = (node: FlatNode): node is StaticNode => !Object.hasOwn(dynamicTypes, node.type);

/** True when some node keeps a state, delays or spikes. */
export const hasDynamics = ({ nodes }: FlatGraph): boolean =>
  [...nodes.values()].some((node) => !isStatic(node));

/** Names in an order in which every node stands after its predecessors; null when there is a cycle. */
const ordered = (graph: FlatGraph): readonly string[] | null => {
  const { after } = neighboursOf(graph);
  const order = keysInOrder([...graph.nodes.keys()], (name) => after.get(name) ?? []);
  return order.length === graph.nodes.size ? order : null;
};

const shaped = (make: Make, x: TensorNode, shape: Shape): TensorNode =>
  sameShape(x.type.shape, shape) ? x : make("reshape", [x], { shape });

type Make = ReturnType<typeof maker<Tensor>>;

const matrix = (
  make: Make,
  x: TensorNode,
  { name, weight }: { readonly name: string; readonly weight: NirArray },
  bias: NirArray | null,
  { output }: Ports,
): TensorNode => {
  const flat = sizeOf(output);
  const y = make("dense", [shaped(make, x, [sizeOf(x.type.shape)])], {
    weight: weightOf(`${name}.weight`, blockMatrix(weight)),
    bias: bias === null ? null : weightOf(`${name}.bias`, extended(bias, output), [flat]),
  });
  return shaped(make, y, output);
};

/** A sum over windows is a depthwise convolution with ones. */
const sumPool = (make: Make, x: TensorNode, node: NirNodeOf<"SumPool2d">, { input }: Ports): TensorNode => {
  const [channels = 1] = input;
  const { kernel, ...sliding } = windowOf(node);
  const shape = [channels, 1, ...kernel];
  const weight = floats(`${node.name}.ones`, shape, new Float64Array(sizeOf(shape)).fill(1), "f32");
  return make("conv", [x], { weight, bias: null, groups: channels, ...sliding });
};

const convolution = (
  make: Make,
  x: TensorNode,
  node: NirNodeOf<"Conv1d" | "Conv2d">,
  { output }: Ports,
): TensorNode => {
  const { strides, dilations, pads } = windowOf(node);
  const bias = weightOf(`${node.name}.bias`, extended(node.bias, [output[0] ?? 1]));
  const weight = weightOf(`${node.name}.weight`, node.weight);
  return make("conv", [x], { weight, bias, groups: node.groups, strides, dilations, pads });
};

const tensorOf = (make: Make, x: TensorNode, node: StaticNode, ports: Ports): TensorNode => {
  switch (node.type) {
    case "Input":
    case "Output":
      return shaped(make, x, ports.output);
    case "Affine":
      return matrix(make, x, node, node.bias, ports);
    case "Linear":
      return matrix(make, x, node, null, ports);
    case "Scale": {
      const scale = parameterOf(`${node.name}.scale`, node.scale, ports.input);
      return make("affine", [x], { scale, shift: null });
    }
    case "Conv1d":
    case "Conv2d":
      return convolution(make, x, node, ports);
    case "SumPool2d":
      return sumPool(make, x, node, ports);
    case "AvgPool2d":
      return make("averagePool", [x], { ...windowOf(node), countPads: true });
    case "Flatten":
      return shaped(make, x, ports.output);
  }
};

/** A graph without dynamics as a function of one sample. Throws Rejected (`nir/cycle`) when it feeds itself. */
export const toTensor = ({ graph, ports, inner }: Ended, name: string, file: string): TensorGraph => {
  const order = ordered(graph);
  if (order === null) throw new Rejected([nirDiagnostics.report("cycle", inFile(file), {})]);
  const { before } = neighboursOf(graph);
  const values = new Map<string, TensorNode>();
  const inputs: TensorGraph["inputs"][number][] = [];
  const outputs: Output<Tensor>[] = [];
  for (const key of order) {
    const node = graph.nodes.get(key);
    const place = ports.get(key);
    if (node === undefined || place === undefined || !isStatic(node)) continue;
    const make = maker<Tensor>(tensorLevel, [named(quoteName(key))]);
    const sources = (before.get(key) ?? [])
      .flatMap((source) => values.get(source) ?? [])
      .map((value) => shaped(make, value, place.input));
    const [first, ...more] = sources;
    if (node.type === "Input" && !inner.has(key)) {
      const input = make("input", [], { name: key, shape: node.shape });
      inputs.push(input);
      values.set(key, input);
    } else if (first !== undefined) {
      const sum = more.length === 0 ? first : make("add", sources, {});
      const value = tensorOf(make, sum, node, place);
      values.set(key, value);
      if (node.type === "Output" && !inner.has(key)) outputs.push({ name: key, value });
    }
  }
  return { name, inputs, outputs };
};
