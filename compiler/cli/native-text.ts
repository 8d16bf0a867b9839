import { unreachable } from "../diagnostics/index.ts";
import { type Shape, showShape, sizeOf, valuesOf, type Weight } from "../ir/index.ts";
import { type NativeNetwork, type NativeNode, type NativeOp, nativeShapes } from "../native/index.ts";

/** One number, or the range of several. */
const parameter = (w: Weight): string => {
  const values = valuesOf(w);
  const [low, high] = values.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
  return low === high ? String(low) : `${showShape(w.shape)} ${low}..${high}`;
};

const named = (fields: Readonly<Record<string, Weight | null>>): string =>
  Object.entries(fields)
    .flatMap(([name, w]) => (w === null ? [] : [`${name} ${parameter(w)}`]))
    .join(", ");

const weightText = (weight: Weight, bias: Weight | null): string =>
  `weight ${showShape(weight.shape)}${bias === null ? "" : `, bias ${showShape(bias.shape)}`}`;

const slidingText = (strides: readonly number[], pads: readonly (readonly [number, number])[]): string =>
  `${strides.some((s) => s !== 1) ? `, stride ${strides.join("x")}` : ""}${
    pads.some(([a, b]) => a !== 0 || b !== 0) ? `, pads ${pads.map((p) => p.join("+")).join(" ")}` : ""
  }`;

const neuronText = ({ parameters: p }: Extract<NativeOp, { readonly kind: "neuron" }>): string => {
  const { tauSyn, wIn, tauMem, r, vLeak, threshold, vReset, reset, refractory, adaptation } = p;
  return [
    named({ tauSyn, wIn, tauMem, r, vLeak, threshold, vReset }),
    ...(reset === null ? [] : [`${reset} reset`]),
    ...(refractory === 0 ? [] : [`refractory ${refractory}`]),
    ...(adaptation === null ? [] : [named({ tauAdapt: adaptation.tau, beta: adaptation.beta })]),
  ].join(", ");
};

const opText = (op: NativeOp): string => {
  switch (op.kind) {
    case "input":
      return op.code === null ? "" : `code ${op.code.kind}`;
    case "affine":
      return weightText(op.weight, op.bias);
    case "conv":
      return `${weightText(op.weight, op.bias)}${slidingText(op.strides, op.pads)}${op.groups === 1 ? "" : `, groups ${op.groups}`}`;
    case "pool":
      return `${op.mean ? "mean" : "sum"} ${op.kernel.join("x")}${slidingText(op.strides, op.pads)}`;
    case "scale":
      return parameter(op.factor);
    case "flatten":
      return `${op.start}..${op.end}`;
    case "linear":
      return op.map.kind;
    case "delay":
      return `${parameter(op.time)} ${op.unit}`;
    case "threshold":
      return parameter(op.threshold);
    case "neuron":
      return neuronText(op);
    case "cell":
      return op.model.kind;
    case "join":
      return "";
    case "output":
      return op.read ?? "";
    default:
      return unreachable(op);
  }
};

const line = (
  network: NativeNetwork,
  node: NativeNode,
  ends: ReadonlyMap<NativeNode, { readonly to: Shape }>,
): string => {
  const sources = network.edges.filter((e) => e.to === node.name).map((e) => JSON.stringify(e.from));
  const text = opText(node.op);
  const to = ends.get(node)?.to ?? [];
  const from = sources.length === 0 ? "" : `(${sources.join(", ")})`;
  return `  ${JSON.stringify(node.name)} = ${node.op.kind}${from}${text === "" ? "" : ` ${text}`} : ${showShape(to)}`;
};

/**
 * A network of dynamics as its file has it, one node a line with what comes into it, its numbers (ranges where they
 * differ) and the shape of what it sends. Throws Rejected with all faults of the graph.
 */
export const nativeText = (network: NativeNetwork): string => {
  const ends = nativeShapes(network);
  const neurons = network.nodes.reduce(
    (sum, n) => sum + (n.op.kind === "neuron" || n.op.kind === "cell" ? sizeOf(ends.get(n)?.to ?? []) : 0),
    0,
  );
  return [
    `native ${JSON.stringify(network.name)} { // ${network.nodes.length} nodes, ${neurons} neurons`,
    ...network.nodes.map((node) => line(network, node, ends)),
    "}",
  ].join("\n");
};
