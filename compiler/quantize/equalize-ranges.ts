/**
 * Gives every rounded value one scale for all channels: channel c is divided by r_c = s_c / s, its readers multiply by r_c.
 *
 * Before: q = quantize(y, scale=[s_0, s_1]), x = dequantize(q, scale=[s_0, s_1]), z = conv(x, W)
 * After:  q = quantize(y / r, scale=[s]),    x = dequantize(q, scale=[s]),        z = conv(x, W r)
 *
 * The levels stay the same but for values within rounding of a tie, and so does the function. Both factors move on into
 * weights (`sinkGains`). An integer map that mixes channels reads one scale (invariant I2), which this makes possible.
 * Same idea as cross-layer equalization (Nagel et al. 2019), but the factors follow from the ranges of the levels.
 */
import { item, transform } from "../ir/core/index.ts";
import {
  makeTensor,
  type Tensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
} from "../ir/tensor/index.ts";
import { multiply, type NodeNamed } from "./gains.ts";
import { nameOf } from "./readers.ts";
import { sharingSets } from "./sharing.ts";
import { sinkGains } from "./sink-gains.ts";

type Dequantize = NodeNamed<"dequantize">;

/** Pools, views and joins give levels as they read them, pools of means in parts of the step. */
const handing: readonly TensorNode["op"][] = ["maxPool", "averagePool", "reshape", "transpose", "concat"];

const isDequantize = (node: TensorNode): node is Dequantize => node.op === "dequantize";

const readsInput = (node: Dequantize): boolean =>
  node.inputs[0].op === "quantize" && node.inputs[0].inputs[0].op === "input";

/** The common scale of each rounded value: that of an input it is joined with, else the greatest that occurs. */
const commonScales = (graph: TensorGraph): ReadonlyMap<TensorNode, number> => {
  const sets = sharingSets(graph, {
    isSource: isDequantize,
    handsOn: (node) => handing.includes(node.op),
    joins: (node) => node.op === "concat",
  });
  const scaleOf = (members: readonly Dequantize[]): number => {
    const inputs = members.filter(readsInput);
    return (inputs.length > 0 ? inputs : members)
      .flatMap((m) => m.attrs.scale)
      .reduce((a, b) => Math.max(a, b), 0);
  };
  return new Map([...sets].map(([node, members]) => [node, scaleOf([...members].filter(isDequantize))]));
};

const quotient = (scales: readonly number[], by: (s: number) => number): Float64Array =>
  Float64Array.from(scales, by);

/** One scale a value, the same for values that are joined; the factors between are moved into weights. */
export const equalizeRanges = (graph: TensorGraph): TensorGraph => {
  const common = commonScales(graph);
  const evened = transform<Tensor>(tensorLevel, graph, (node, inputs) => {
    if (node.op !== "dequantize") return null;
    const levels = item(inputs, 0);
    const scale = common.get(node);
    const kept = node.attrs.scale.every((s) => s === scale) && node.attrs.scale.length === 1;
    if (scale === undefined || levels.op !== "quantize" || kept || readsInput(node)) return null;
    const steps = node.attrs.scale;
    const divided = multiply(
      makeTensor,
      levels.inputs[0],
      quotient(steps, (s) => scale / s),
      `${nameOf(node)}.gain`,
    );
    const again = makeTensor("quantize", [divided], { ...levels.attrs, scale: [scale] }, levels.origins);
    const values: TensorNode = makeTensor(
      "dequantize",
      [again],
      { ...node.attrs, scale: [scale] },
      node.origins,
    );
    return multiply(
      makeTensor,
      values,
      quotient(steps, (s) => s / scale),
      `${nameOf(node)}.gain`,
    );
  });
  return sinkGains(evened);
};
