import { named, quoteName } from "../../diagnostics/index.ts";
import { sizeOf } from "../../ir/core/index.ts";
import { compose, dense, reshaped } from "../../ir/linear/index.ts";
import { type NativeNetwork, type NativeNode, type NativeOp, native } from "../../native/index.ts";
import { blockMatrix } from "./block-matrix.ts";
import type { NirArray, NirNodeOf, NirParameters, NirType } from "./graph.ts";
import type { FlatGraph, FlatNode } from "./inline.ts";
import { extended, parameterOf, weightOf } from "./parameters.ts";
import type { Ports } from "./shape-rules.ts";
import { windowOf } from "./window.ts";

/** Ports of nested graphs are no ends of the network. */
interface Place extends Ports {
  readonly inner: boolean;
}

const matrix = (name: string, weight: NirArray, bias: NirArray | null, { output }: Place): NativeOp => {
  const flat = sizeOf(output);
  const block = weightOf(`${name}.weight`, blockMatrix(weight));
  const added = bias === null ? null : weightOf(`${name}.bias`, extended(bias, output), [flat]);
  if (weight.shape.length === 2) return native.affine(block, added);
  return native.linear(compose(dense(block), reshaped([flat], output)), added);
};

const convolution = (node: NirNodeOf<"Conv1d" | "Conv2d">, { input, output }: Place): NativeOp => {
  const { strides, dilations, pads } = windowOf(node);
  const { name, weight, bias, groups } = node;
  return native.conv(weightOf(`${name}.weight`, weight), {
    bias: weightOf(`${name}.bias`, extended(bias, [output[0] ?? 1])),
    groups,
    space: input.slice(1),
    strides,
    dilations,
    pads,
  });
};

const spiking = (
  name: string,
  { vThreshold, vReset }: Pick<NirParameters["IF"], "vThreshold" | "vReset">,
  { input }: Place,
) => ({
  threshold: parameterOf(`${name}.v_threshold`, vThreshold, input),
  vReset: vReset === null ? null : parameterOf(`${name}.v_reset`, vReset, input),
});

const leaky = (name: string, { r, vLeak }: NirParameters["LI"], { input }: Place) => ({
  shape: input,
  r: parameterOf(`${name}.r`, r, input),
  vLeak: parameterOf(`${name}.v_leak`, vLeak, input),
});

const current = (name: string, { r, vLeak, wIn }: NirParameters["CubaLI"], { input }: Place) => ({
  shape: input,
  r: parameterOf(`${name}.r`, r, input),
  vLeak: parameterOf(`${name}.v_leak`, vLeak, input),
  wIn: parameterOf(`${name}.w_in`, wIn, input),
});

const nativeOps: {
  readonly [K in Exclude<NirType, "NIRGraph">]: (node: NirNodeOf<K>, place: Place) => NativeOp;
} = {
  Input: ({ shape }, { inner }) => (inner ? native.join(shape) : native.input(shape)),
  Output: ({ shape }, { inner }) => (inner ? native.join(shape) : native.output()),
  Affine: ({ name, weight, bias }, place) => matrix(name, weight, bias, place),
  Linear: ({ name, weight }, place) => matrix(name, weight, null, place),
  Scale: ({ name, scale }, { input }) => native.scale(parameterOf(`${name}.scale`, scale, input)),
  Conv1d: convolution,
  Conv2d: convolution,
  SumPool2d: (node) => native.sumPool(node.kernelSize, windowOf(node)),
  AvgPool2d: (node) => native.meanPool(node.kernelSize, windowOf(node)),
  Flatten: ({ startDim, endDim }) => native.flatten(startDim, endDim),
  Delay: ({ name, delay }, { input }) => native.delay(parameterOf(`${name}.delay`, delay, input)),
  Threshold: ({ name, threshold }, { input }) =>
    native.threshold(parameterOf(`${name}.threshold`, threshold, input)),
  I: ({ name, r }, { input }) => native.integrator({ shape: input, r: parameterOf(`${name}.r`, r, input) }),
  LI: (node, place) =>
    native.leakyIntegrator(
      parameterOf(`${node.name}.tau`, node.tau, place.input),
      leaky(node.name, node, place),
    ),
  IF: (node, place) =>
    native.integrateAndFire({
      shape: place.input,
      r: parameterOf(`${node.name}.r`, node.r, place.input),
      ...spiking(node.name, node, place),
    }),
  LIF: (node, place) =>
    native.leakyIntegrateAndFire(parameterOf(`${node.name}.tau`, node.tau, place.input), {
      ...leaky(node.name, node, place),
      ...spiking(node.name, node, place),
    }),
  CubaLI: (node, place) =>
    native.currentLeakyIntegrator(
      parameterOf(`${node.name}.tau_syn`, node.tauSyn, place.input),
      parameterOf(`${node.name}.tau_mem`, node.tauMem, place.input),
      current(node.name, node, place),
    ),
  CubaLIF: (node, place) =>
    native.currentLeakyIntegrateAndFire(
      parameterOf(`${node.name}.tau_syn`, node.tauSyn, place.input),
      parameterOf(`${node.name}.tau_mem`, node.tauMem, place.input),
      { ...current(node.name, node, place), ...spiking(node.name, node, place) },
    ),
};

const nativeOp = <K extends FlatNode["type"]>(node: NirNodeOf<K>, place: Place): NativeOp =>
  nativeOps[node.type](node, place);

/** The network of dynamics that a graph describes; `ports` holds every node. */
export const toNative = (
  graph: FlatGraph,
  ports: ReadonlyMap<string, Ports>,
  inner: ReadonlySet<string>,
  name: string,
): NativeNetwork => {
  const nodes = [...graph.nodes.values()].map((node): NativeNode => {
    const place = ports.get(node.name);
    if (place === undefined) throw new Error(`node ${node.name} has no shape`);
    return native.node(node.name, nativeOp(node, { ...place, inner: inner.has(node.name) }), [
      named(quoteName(node.name)),
    ]);
  });
  return native.nativeNetwork(
    name,
    nodes,
    graph.edges.map(([from, to]) => native.edge(from, to)),
  );
};
