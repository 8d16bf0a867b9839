import type { Shape } from "../../ir/core/index.ts";
import type { NirNodeOf, NirParameters, NirType } from "./graph.ts";
import type { FlatNode } from "./inline.ts";
import { extended } from "./parameters.ts";
import type { Ports } from "./shape-rules.ts";

type Spiking = Pick<NirParameters["IF"], "vThreshold" | "vReset">;

const spiking = ({ vThreshold, vReset }: Spiking, to: Shape): Spiking => ({
  vThreshold: extended(vThreshold, to),
  vReset: extended(vReset ?? { shape: [1], dtype: "f32", data: new Float64Array(1) }, to),
});

const leaky = ({ tau, r, vLeak }: NirParameters["LI"], to: Shape): NirParameters["LI"] => ({
  tau: extended(tau, to),
  r: extended(r, to),
  vLeak: extended(vLeak, to),
});

const current = (node: NirParameters["CubaLI"], to: Shape): NirParameters["CubaLI"] => ({
  tauSyn: extended(node.tauSyn, to),
  tauMem: extended(node.tauMem, to),
  r: extended(node.r, to),
  vLeak: extended(node.vLeak, to),
  wIn: extended(node.wIn, to),
});

const completed: {
  readonly [K in Exclude<NirType, "NIRGraph">]: (node: NirNodeOf<K>, ports: Ports) => NirNodeOf<K>;
} = {
  Input: (node) => node,
  Output: (node, { input }) => ({ ...node, shape: input }),
  Affine: (node, { output }) => ({ ...node, bias: extended(node.bias, output) }),
  Linear: (node) => node,
  Scale: (node, { input }) => ({ ...node, scale: extended(node.scale, input) }),
  Conv1d: (node, { input, output }) => ({
    ...node,
    inputShape: input[1] ?? null,
    bias: extended(node.bias, output.slice(0, 1)),
  }),
  Conv2d: (node, { input, output }) => ({
    ...node,
    inputShape: [input[1] ?? 1, input[2] ?? 1],
    bias: extended(node.bias, output.slice(0, 1)),
  }),
  SumPool2d: (node) => node,
  AvgPool2d: (node) => node,
  Flatten: (node, { input }) => ({ ...node, inputType: input }),
  Delay: (node, { input }) => ({ ...node, delay: extended(node.delay, input) }),
  Threshold: (node, { input }) => ({ ...node, threshold: extended(node.threshold, input) }),
  I: (node, { input }) => ({ ...node, r: extended(node.r, input) }),
  LI: (node, { input }) => ({ ...node, ...leaky(node, input) }),
  IF: (node, { input }) => ({ ...node, r: extended(node.r, input), ...spiking(node, input) }),
  LIF: (node, { input }) => ({ ...node, ...leaky(node, input), ...spiking(node, input) }),
  CubaLI: (node, { input }) => ({ ...node, ...current(node, input) }),
  CubaLIF: (node, { input }) => ({ ...node, ...current(node, input), ...spiking(node, input) }),
};

/** A node whose arrays have the full shape of its neurons, as the type check of the reference package wants them. */
export const complete = <K extends FlatNode["type"]>(node: NirNodeOf<K>, ports: Ports): NirNodeOf<K> =>
  completed[node.type](node, ports);
