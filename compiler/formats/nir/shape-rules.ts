import { type Shape, sameShape, showShape, sizeOf } from "../../ir/core/index.ts";
import { slideShape } from "../../ir/linear/index.ts";
import { joinedAxes } from "../../native/index.ts";
import { blockSize } from "./block-matrix.ts";
import type { NirArray, NirNodeOf, NirType } from "./graph.ts";
import { limits } from "./limits.ts";
import { windowOf } from "./window.ts";

/** What a node takes and gives. */
export interface Ports {
  readonly input: Shape;
  readonly output: Shape;
}

/** The ports, why the node cannot be right, or what must be known first. */
export type Verdict =
  | ({ readonly kind: "known" } & Ports)
  | { readonly kind: "fault"; readonly fault: string }
  | { readonly kind: "unknown"; readonly why: string };

const known = (input: Shape, output: Shape): Verdict => ({ kind: "known", input, output });
const fault = (text: string): Verdict => ({ kind: "fault", fault: text });
const unknown = (why: string): Verdict => ({ kind: "unknown", why });

/** The shape that both extend to by NumPy's rules, or null. */
export const broadcast = (a: Shape, b: Shape): Shape | null => {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const joined = Array.from({ length: rank }, (_, axis) => {
    const [x, y] = [at(a, axis), at(b, axis)];
    return x === y || y === 1 ? x : x === 1 ? y : -1;
  });
  return joined.includes(-1) ? null : joined;
};

/** A node whose parameters have the shape of its neurons, or one number for all. */
const elementwise = (parameters: readonly (NirArray | null)[], incoming: Shape | null): Verdict => {
  let own: Shape = [1];
  for (const parameter of parameters) {
    if (parameter === null) continue;
    const joined = broadcast(own, parameter.shape);
    if (joined === null)
      return fault(`its parameters have the shapes ${showShape(own)} and ${showShape(parameter.shape)}`);
    own = joined;
  }
  if (incoming === null)
    return sizeOf(own) > 1 ? known(own, own) : unknown("its parameters are one number for all");
  const joined = broadcast(own, incoming);
  if (joined !== null && sameShape(joined, incoming)) return known(incoming, incoming);
  // A lone neuron may be fed by, or written as, a scalar.
  if (sizeOf(own) === sizeOf(incoming)) return known(incoming, incoming);
  return fault(`its parameters have the shape ${showShape(own)}, what comes in ${showShape(incoming)}`);
};

const matrix = (weight: NirArray, bias: NirArray | null, incoming: Shape | null): Verdict => {
  const { shape } = weight;
  if (shape.length < 2)
    return fault(`its weight has the shape ${showShape(shape)}, at least [out, in] is needed`);
  if (blockSize(shape) > limits.matrix)
    return fault(
      `its blocks make a matrix of ${blockSize(shape)} entries, at most ${limits.matrix} are read`,
    );
  const lead = shape.slice(0, -2);
  const [out = 1, inner = 1] = shape.slice(-2);
  const [input, output] = [
    [...lead, inner],
    [...lead, out],
  ];
  if (bias !== null && !sameShape(broadcast(bias.shape, output) ?? [], output))
    return fault(`its bias has the shape ${showShape(bias.shape)}, its output ${showShape(output)}`);
  if (incoming !== null && sizeOf(incoming) !== sizeOf(input))
    return fault(
      `its weight ${showShape(shape)} takes ${sizeOf(input)} values, ${showShape(incoming)} comes in`,
    );
  return known(incoming ?? input, output);
};

type Conv = NirNodeOf<"Conv1d" | "Conv2d">;

const spaceOf = (node: Conv): Shape | null => {
  const { inputShape } = node;
  return typeof inputShape === "number" ? [inputShape] : inputShape;
};

const convolution = (node: Conv, incoming: Shape | null): Verdict => {
  const rank = node.type === "Conv1d" ? 1 : 2;
  const { shape } = node.weight;
  if (shape.length !== rank + 2)
    return fault(`its weight has the shape ${showShape(shape)}, rank ${rank + 2} is needed`);
  const [out = 1, perGroup = 1] = shape;
  if (out % node.groups !== 0)
    return fault(`its ${out} output channels do not divide into ${node.groups} groups`);
  if (node.bias.data.length !== out && node.bias.data.length !== 1)
    return fault(`its bias has ${node.bias.data.length} values for ${out} channels`);
  const channels = perGroup * node.groups;
  const stated = spaceOf(node);
  const space = incoming === null ? stated : incoming.slice(1);
  if (space === null) return unknown("it has no input_shape and nothing before it says one");
  const input = [channels, ...space];
  if (incoming !== null && !sameShape(incoming, input))
    return fault(`it takes ${channels} channels, ${showShape(incoming)} comes in`);
  if (space.length !== rank) return fault(`it slides over ${rank} axes, ${showShape(input)} comes in`);
  if (stated !== null && !sameShape(stated, space))
    return fault(`its input_shape is ${showShape(stated)}, ${showShape(input)} comes in`);
  return slidOver(input, out, windowOf(node));
};

const slidOver = (input: Shape, channels: number, window: ReturnType<typeof windowOf>): Verdict => {
  const taps = sizeOf(window.kernel);
  if (taps > limits.taps) return fault(`its window has ${taps} places, at most ${limits.taps} are read`);
  const space = slideShape(input.slice(1), window.kernel, window);
  if (space.some((extent) => extent < 1))
    return fault(`a window of ${window.kernel.join("x")} does not fit into ${showShape(input)}`);
  return known(input, [channels, ...space]);
};

const pool = (node: NirNodeOf<"SumPool2d" | "AvgPool2d">, incoming: Shape | null): Verdict => {
  if (incoming === null) return unknown("nothing before it says a shape");
  if (incoming.length !== 3)
    return fault(`it takes [channels, rows, columns], ${showShape(incoming)} comes in`);
  return slidOver(incoming, incoming[0] ?? 1, windowOf(node));
};

const flatten = ({ startDim, endDim, inputType }: NirNodeOf<"Flatten">, incoming: Shape | null): Verdict => {
  const input = incoming ?? inputType;
  if (input === null) return unknown("it has no input_type and nothing before it says a shape");
  if (inputType !== null && !sameShape(input, inputType))
    return fault(`its input_type is ${showShape(inputType)}, ${showShape(input)} comes in`);
  const output = joinedAxes(input, startDim, endDim);
  return output === null
    ? fault(`it joins axes ${startDim} to ${endDim} of ${showShape(input)}`)
    : known(input, output);
};

const port = (shape: Shape, incoming: Shape | null): Verdict =>
  incoming === null || sizeOf(incoming) === sizeOf(shape)
    ? known(incoming ?? shape, shape)
    : fault(`its shape is ${showShape(shape)}, ${showShape(incoming)} comes in`);

/** Shape of each type from its parameters and what comes in (null: not known yet). */
const shapeRules: {
  readonly [K in Exclude<NirType, "NIRGraph">]: (node: NirNodeOf<K>, incoming: Shape | null) => Verdict;
} = {
  Input: ({ shape }, incoming) => port(shape, incoming),
  Output: ({ shape }, incoming) => port(shape, incoming),
  Affine: ({ weight, bias }, incoming) => matrix(weight, bias, incoming),
  Linear: ({ weight }, incoming) => matrix(weight, null, incoming),
  Scale: ({ scale }, incoming) => elementwise([scale], incoming),
  Conv1d: convolution,
  Conv2d: convolution,
  SumPool2d: pool,
  AvgPool2d: pool,
  Flatten: flatten,
  Delay: ({ delay }, incoming) => elementwise([delay], incoming),
  Threshold: ({ threshold }, incoming) => elementwise([threshold], incoming),
  I: ({ r }, incoming) => elementwise([r], incoming),
  LI: ({ tau, r, vLeak }, incoming) => elementwise([tau, r, vLeak], incoming),
  IF: ({ r, vThreshold, vReset }, incoming) => elementwise([r, vThreshold, vReset], incoming),
  LIF: ({ tau, r, vLeak, vThreshold, vReset }, incoming) =>
    elementwise([tau, r, vLeak, vThreshold, vReset], incoming),
  CubaLI: ({ tauSyn, tauMem, r, vLeak, wIn }, incoming) =>
    elementwise([tauSyn, tauMem, r, vLeak, wIn], incoming),
  CubaLIF: ({ tauSyn, tauMem, r, vLeak, wIn, vThreshold, vReset }, incoming) =>
    elementwise([tauSyn, tauMem, r, vLeak, wIn, vThreshold, vReset], incoming),
};

/** The rule of a node's own type. */
export const verdictOn = <K extends Exclude<NirType, "NIRGraph">>(
  node: NirNodeOf<K>,
  incoming: Shape | null,
): Verdict => shapeRules[node.type](node, incoming);
