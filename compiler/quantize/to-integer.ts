import { atNode, type Diagnostic, Rejected } from "../diagnostics/index.ts";
import { fold, item, type Numbers, nodesOf, type PerOp } from "../ir/core/index.ts";
import type { IntegerGraph, IntegerNode } from "../ir/integer/index.ts";
import { forGeneralOps, type Tensor, type TensorGraph, type TensorNode } from "../ir/tensor/index.ts";
import type { Lowered, Lowering } from "../pass/index.ts";
import { quantizeDiagnostics } from "./diagnostics.ts";
import { entryAt } from "./entries.ts";
import {
  type IntegerValue,
  type LatticeValue,
  lattice,
  type Refused,
  refuse,
  type ScalarFunctions,
  withScale,
} from "./integer-values.ts";
import { lowerAffine, lowerCast, lowerPrelu, lowerUnary } from "./lower-function.ts";
import { lowerAdd, lowerBinary, lowerConcat, lowerMaxPool } from "./lower-join.ts";
import { lowerAveragePool, lowerConv, lowerConvTranspose, lowerDense } from "./lower-linear.ts";
import { lowerDequantize, lowerQuantize, lowerSteps, shiftedBy } from "./lower-quantize.ts";
import { lowerReduce } from "./lower-reduce.ts";
import {
  lowerExpand,
  lowerPad,
  lowerResample,
  lowerReshape,
  lowerSlice,
  lowerTranspose,
} from "./lower-shape.ts";
import { nameOf } from "./readers.ts";
import { finerBy, partBounds, settled } from "./terms.ts";
import { refuseOp } from "./unsupported.ts";

const tableOf = (functions: ScalarFunctions): PerOp<Tensor, IntegerValue> => ({
  ...forGeneralOps(refuseOp),
  input: (input) => ({ kind: "raw", input }),
  constant: refuseOp,
  opaque: refuseOp,
  batchNorm: refuseOp,
  softmax: refuseOp,
  dense: lowerDense,
  conv: lowerConv,
  convTranspose: lowerConvTranspose,
  affine: lowerAffine,
  prelu: lowerPrelu,
  quantize: lowerQuantize(functions),
  dequantize: lowerDequantize,
  steps: lowerSteps,
  cast: lowerCast,
  unary: lowerUnary(functions),
  add: lowerAdd,
  binary: lowerBinary,
  maxPool: lowerMaxPool,
  averagePool: lowerAveragePool,
  reduce: lowerReduce,
  reshape: lowerReshape,
  transpose: lowerTranspose,
  slice: lowerSlice,
  expand: lowerExpand,
  pad: lowerPad,
  resample: lowerResample,
  concat: lowerConcat,
});

/** The value behind an output; levels that are an output themselves count as numbers. */
const outputOf = (node: TensorNode, value: IntegerValue): LatticeValue | readonly Diagnostic[] => {
  switch (value.kind) {
    case "lattice":
      return finerBy(value, 0);
    case "mixture":
      return finerBy(settled(value.terms), 0);
    case "levels":
      return lattice(shiftedBy(value.node, value.zero), [1]);
    case "refused":
      return [];
    default:
      return refuse(
        node,
        "it is an output that is not rounded",
        "let the host compute it (splitTail), or round it",
      ).faults;
  }
};

/** Nodes whose proved sums leave the whole numbers of a double. */
const overflows = (pairs: ReadonlyMap<TensorNode, IntegerNode>): readonly Diagnostic[] =>
  [...pairs].flatMap(([node, integer]) => {
    const [low, high] = partBounds(integer, 1)(0);
    const sum = Math.max(-low, high);
    const bound = Number.MAX_SAFE_INTEGER;
    return sum < bound
      ? []
      : [quantizeDiagnostics.report("sum-overflow", atNode(nameOf(node)), { sum, bound })];
  });

const twice = (node: TensorNode, name: string): Refused =>
  refuse(
    node,
    `the input ${name} is rounded in another way too, and a sample enters once`,
    "round the input once, and round what is made of it again where it must be",
  );

const lowered = (
  graph: TensorGraph,
  lower: (node: TensorNode) => IntegerValue,
): Lowered<"tensor", "integer"> => {
  const faults: Diagnostic[] = [];
  const pairs = new Map<TensorNode, IntegerNode>();
  const inputs: IntegerGraph["inputs"][number][] = [];
  for (const node of nodesOf(graph)) {
    const value = lower(node);
    if (value.kind === "refused") faults.push(...value.faults);
    if (value.kind !== "levels" && value.kind !== "lattice") continue;
    pairs.set(node, value.node);
    if (value.node.op !== "input" || inputs.includes(value.node)) continue;
    const { name } = value.node.attrs;
    if (inputs.some((other) => other.attrs.name === name)) faults.push(...twice(node, name).faults);
    inputs.push(value.node);
  }
  const outputs = graph.outputs.flatMap(({ name, value }) => {
    const found = outputOf(value, lower(value));
    if ("kind" in found) return [{ name, value: withScale(found, found.scale) }];
    faults.push(...found);
    return [];
  });
  if (faults.length === 0) faults.push(...overflows(pairs));
  if (faults.length > 0) throw new Rejected(faults);
  return { graph: { name: graph.name, inputs, outputs }, pairs };
};

/** Real values may differ from integer x scale by rounding: the float sums add up in another order. */
const tolerance = (n: number): number => 1e-6 + 1e-12 * Math.abs(n);

const sameNumbers = (value: IntegerValue, before: Numbers, after: Numbers): boolean => {
  if (value.kind !== "levels" && value.kind !== "lattice") return false;
  const size = after.data.length;
  return before.data.every((x, i) => {
    const n = item(after.data, i);
    if (value.kind === "levels") return x - value.zero === n;
    const rest = value.rest === null ? 0 : entryAt(value.rest, size, i);
    return Math.abs((x - rest) / entryAt(value.scale, size, i) - n) <= tolerance(n);
  });
};

/**
 * The exact lowering of a quantized graph to integers. Every value that is levels or sums of levels times integer weights
 * becomes the integers; chains of functions before a `quantize` become neurons with the jump table of the same functions.
 * Throws Rejected with `quantize/unsupported` for every node that has no integer form.
 */
export const tensorToInteger = (
  functions: ScalarFunctions,
): Lowering<"tensor", "integer", Record<never, never>> => {
  const lower = fold(tableOf(functions));
  return {
    name: "tensor-to-integer",
    from: "tensor",
    to: "integer",
    options: {},
    run: (graph) => lowered(graph, lower),
    same: (before, after, at) => sameNumbers(lower(at), before, after),
  };
};
