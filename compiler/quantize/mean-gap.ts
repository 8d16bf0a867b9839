import { item, type Numbers, nodesOf, reachable, sizeOf, transform, withInputs } from "../ir/core/index.ts";
import {
  makeTensor,
  type Tensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
} from "../ir/tensor/index.ts";
import type { Evaluator } from "../pass/index.ts";
import type { NodeNamed } from "./gains.ts";
import type { MeanGap } from "./grid-weights.ts";
import { fewerSamples, type Samples } from "./samples.ts";
import { sumGroupsOf } from "./sum-groups.ts";

const mostSamples = 64;
/** Bound of all levels that are kept, over all samples (64 MB). */
const mostLevels = 1 << 25;

/** Mean over samples and positions, per channel of axis 0. */
const addMeans = (means: Float64Array, { data }: Numbers, count: number): void => {
  const inner = data.length / means.length;
  for (let i = 0; i < data.length; i++) {
    const c = Math.floor(i / inner);
    means[c] = (means[c] ?? 0) + (data[i] ?? 0) / (inner * count);
  }
};

const channelsOf = (node: TensorNode): number => node.type.shape[0] ?? 1;

/** The graph without its roundings, and what each node became. */
const unrounded = (
  graph: TensorGraph,
): { readonly graph: TensorGraph; readonly of: ReadonlyMap<TensorNode, TensorNode> } => {
  const of = new Map<TensorNode, TensorNode>();
  const plain = transform<Tensor>(tensorLevel, graph, (node, inputs) => {
    const rounds = node.op === "dequantize" || node.op === "quantize";
    const made = rounds ? item(inputs, 0) : withInputs(tensorLevel, node, inputs);
    of.set(node, made);
    return made;
  });
  return { graph: plain, of };
};

/** Means of sums in the float network, all from one pass over the samples. */
const floatMeans = (
  graph: TensorGraph,
  samples: Samples,
  tensor: Evaluator<"tensor">,
): ((root: TensorNode) => Float64Array) => {
  const plain = unrounded(graph);
  const means = new Map<TensorNode, Float64Array>();
  for (const node of sumGroupsOf(graph).keys()) means.set(node, new Float64Array(channelsOf(node)));
  for (let i = 0; i < samples.count; i++) {
    const trace = tensor.run(plain.graph, samples.at(i));
    for (const [node, mean] of means) addMeans(mean, trace.at(plain.of.get(node) ?? node), samples.count);
  }
  return (root) => means.get(root) ?? new Float64Array(channelsOf(root));
};

type Input = NodeNamed<"input">;

/** Levels of one rounded value for all samples, and the input that stands for it in the part of the graph behind. */
interface Cut {
  readonly input: Input;
  readonly values: (sample: number) => Numbers;
}

type Visit = (value: Numbers) => void;

/** Runs a growing quantized graph part by part: each value is computed from the levels nearest before it, which are kept. */
const prefixRunner = (
  samples: Samples,
  tensor: Evaluator<"tensor">,
): ((target: TensorNode, visit: Visit) => void) => {
  const cuts = new Map<TensorNode, Cut>();
  const cutAt = (node: NodeNamed<"dequantize">): Cut => {
    const known = cuts.get(node);
    if (known !== undefined) return known;
    const levels: Int16Array[] = [];
    run(node.inputs[0], (value) => levels.push(Int16Array.from(value.data)));
    const { scale, zero } = node.attrs;
    const [step, middle] = [item(scale, 0), item(zero, 0)];
    const { shape } = node.type;
    const input = makeTensor("input", [], { name: `cut ${cuts.size}`, shape }, node.origins);
    const values = (i: number): Numbers => ({
      shape,
      data: Float64Array.from(item(levels, i), (q) => (q - middle) * step),
    });
    const cut = { input, values };
    cuts.set(node, cut);
    return cut;
  };
  const run = (target: TensorNode, visit: Visit): void => {
    const done = new Map<TensorNode, TensorNode>();
    const used = new Map<TensorNode, Cut>();
    for (const node of reachable([target])) {
      const cut = node.op === "dequantize" ? cutAt(node) : null;
      if (cut !== null) used.set(cut.input, cut);
      done.set(
        node,
        cut?.input ??
          withInputs(
            tensorLevel,
            node,
            node.inputs.map((x) => done.get(x) ?? x),
          ),
      );
    }
    const value = done.get(target) ?? target;
    const inputs = reachable([value]).filter((n): n is Input => n.op === "input");
    const graph: TensorGraph = { name: "prefix", inputs, outputs: [{ name: "value", value }] };
    const given = inputs.some((n) => !used.has(n));
    for (let i = 0; i < samples.count; i++) {
      const kept = inputs.flatMap((n): readonly (readonly [string, Numbers])[] => {
        const cut = used.get(n);
        return cut === undefined ? [] : [[n.attrs.name, cut.values(i)]];
      });
      visit(
        tensor
          .run(graph, { inputs: new Map([...(given ? samples.at(i).inputs : []), ...kept]), label: null })
          .at(value),
      );
    }
  };
  return run;
};

/** Means over a few calibration samples, float against the quantized network so far (bias correction, 6.5 step 6). */
export const meanGapOf = (graph: TensorGraph, samples: Samples, tensor: Evaluator<"tensor">): MeanGap => {
  const kept = nodesOf(graph).reduce((sum, n) => sum + (n.op === "quantize" ? sizeOf(n.type.shape) : 0), 0);
  const few = fewerSamples(samples, Math.min(mostSamples, Math.floor(mostLevels / Math.max(1, kept))));
  const float = floatMeans(graph, few, tensor);
  const run = prefixRunner(few, tensor);
  return (root, made) => {
    const means = new Float64Array(channelsOf(root));
    run(made, (value) => addMeans(means, value, few.count));
    return float(root).map((mean, c) => mean - item(means, c));
  };
};
