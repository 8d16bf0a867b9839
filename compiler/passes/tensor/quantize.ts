import { atNode, type Diagnostic, nowhere, Rejected } from "../../diagnostics/index.ts";
import { nodesOf } from "../../ir/core/index.ts";
import type { TensorGraph, TensorNode } from "../../ir/tensor/index.ts";
import { type Context, definePass } from "../../pass/index.ts";
import {
  type ChannelStatistics,
  calibrationSamples,
  checkFinite,
  checkOptions,
  collectStatistics,
  commonSumLimit,
  equalizeRanges,
  type Gridded,
  gridWeights,
  inputSteps,
  insertQuantizers,
  isInScope,
  meanGapOf,
  nameOf,
  type QuantizeOptions,
  quantizationPoints,
  quantizeDiagnostics,
  quantizeOptions,
  refuseUnsupported,
  type Steps,
  sharedSteps,
  sinkGains,
  stepsOf,
  usualChoice,
} from "../../quantize/index.ts";

// Post-training quantization: levels for every value that a linear op, a pool or an add reads, integers for every
// weight, in the form in which QDQ models arrive.
//
// before:
//   tensor "t" {
//     weight w : f64[2, 4] = [1, -0.5, 0.25, 0.75, -1, 0.5, 1, -0.25]
//     weight v : f64[1, 2] = [1, 2]
//     x = input(name="x", shape=[4]) : f32(shape=[4]) @ "x"
//     hidden = dense(x, weight=w) : f32(shape=[2]) @ "hidden"
//     relu = unary(hidden, fn=relu) : f32(shape=[2]) @ "relu"
//     logits = dense(relu, weight=v) : f32(shape=[1]) @ "logits"
//     output "y" = logits
//   }
// after:
//   tensor "t" {
//     weight w : i8[2, 4] (scale=[0.143102807296265, 0.20108184524318634], zero=[0], axis=0) = [7, -3, 2, 5, -7, 3, 7, -2]
//     weight hidden_bias : i8[2] (scale=[0.0005611874795931961, 0.0007885562558556327], zero=[0], axis=0) = [-31, 42]
//     weight v : i8[1, 2] (scale=[0.20343979275269175], zero=[0], axis=0) = [5, 7]
//     weight logits_bias : i8[1] (scale=[0.08711008064695391], zero=[0], axis=0) = [0]
//     x = input(name="x", shape=[4]) : f32(shape=[4]) @ "x"
//     x_2 = quantize(x, scale=[0.00392156862745098], zero=[0], low=0, high=255) : i64(shape=[4]) @ "x"
//     x_3 = dequantize(x_2, scale=[0.00392156862745098], zero=[0]) : f32(shape=[4]) @ "x"
//     hidden = dense(x_3, weight=w, bias=hidden_bias) : f32(shape=[2]) @ "hidden"
//     relu = unary(hidden, fn=relu) : f32(shape=[2]) @ "relu"
//     relu_2 = quantize(relu, scale=[0.4281860469296086], zero=[0], low=0, high=3) : i64(shape=[2]) @ "relu"
//     relu_3 = dequantize(relu_2, scale=[0.4281860469296086], zero=[0]) : f32(shape=[2]) @ "relu"
//     logits = dense(relu_3, weight=v, bias=logits_bias) : f32(shape=[1]) @ "logits"
//     output "y" = logits
//   }
//
// Shown with levels=3, weightBits=4 and without data. Conditions: no batch norm; a network that is quantized already
// stays as it is. Ranges by least squared error per channel (`ranges.ts`), then one scale a value (`equalizeRanges`);
// weights with odd thresholds and bounded sums (`sum-scales.ts`); biases corrected by the means of the float network
// (`mean-gap.ts`). Recipe and measurements: reference/compression-conv.md 6.2, 6.3, 6.5.

/** Levels on each side of zero for sums that another linear op reads: 8 bits. */
const signedLinear = 127;

const stepsFor = (
  statistics: ChannelStatistics,
  options: QuantizeOptions,
  inputScale: number | null,
): Steps => {
  const { kind, signed } = statistics.point;
  if (kind === "input") return inputSteps(statistics, options.inputBits, inputScale);
  const levels = isInScope(statistics.point.node, options) ? options.levels : usualChoice.levels;
  const high = kind === "linear" ? signedLinear : levels;
  const steps = stepsOf(statistics, signed ? -high : 0, high);
  return kind === "activation" ? withoutUnused(steps, statistics.least) : steps;
};

/** Activations that hardly go below zero need no more levels there than they reach. */
const withoutUnused = (steps: Steps, least: number): Steps => {
  const finest = steps.scale.reduce((a, b) => Math.min(a, b), Infinity);
  return { ...steps, low: Math.max(steps.low, Math.min(0, Math.floor(least / finest))) };
};

/** What a network brings along: weights on grids, and levels that are made somewhere else than in this pass. */
const ownQuantization = (graph: TensorGraph): { readonly layers: number; readonly values: number } => {
  const nodes = nodesOf(graph);
  const gridded = (n: TensorNode): boolean => isLayer(n) && n.attrs.weight.grid !== null;
  return {
    layers: nodes.filter(gridded).length,
    values: nodes.filter((n) => n.op === "quantize" || n.op === "steps").length,
  };
};

type Layer = Extract<TensorNode, { readonly op: "conv" | "dense" | "convTranspose" }>;

const isLayer = (node: TensorNode): node is Layer =>
  node.op === "conv" || node.op === "dense" || node.op === "convTranspose";

/** True when nothing is left to round: all weights are on grids, and no layer reads a value that is not levels. */
const isQuantized = (graph: TensorGraph): boolean =>
  nodesOf(graph).every((node) => !isLayer(node) || node.attrs.weight.grid !== null) &&
  quantizationPoints(graph).points.length === 0;

const refuseUnfit = ({ sums }: Gridded, limit: number | null): void => {
  const faults = sums.flatMap(({ root, scales: { over: count, worst: sum } }): readonly Diagnostic[] =>
    limit === null || count === 0
      ? []
      : [quantizeDiagnostics.report("sum-limit", atNode(nameOf(root)), { count, sum, limit })],
  );
  if (faults.length > 0) throw new Rejected(faults);
};

/** With fewer bits than this a limit of the sums starts to cost accuracy. */
const fewBits = 4;

const reportSums = ({ sums }: Gridded, limit: number | null, wanted: number, context: Context): void => {
  for (const { root, weightBits, scales } of sums) {
    if (limit !== null && weightBits < Math.min(fewBits, wanted)) {
      const holes = { bits: weightBits, wanted, limit };
      context.report(quantizeDiagnostics.report("coarse-weights", atNode(nameOf(root)), holes));
    }
    context.measure(`weight bits of ${nameOf(root)}`, weightBits);
    context.measure(`greatest sum of ${nameOf(root)}`, scales.worst);
  }
};

const quantized = (given: TensorGraph, options: QuantizeOptions, context: Context): TensorGraph => {
  checkOptions(options);
  const own = ownQuantization(given);
  if (own.layers + own.values > 0) context.report(quantizeDiagnostics.report("own-levels", nowhere, own));
  if (isQuantized(given)) return given;
  refuseUnsupported(given);
  const graph = sinkGains(given);
  const { points, readsLevels } = quantizationPoints(graph);
  const high = 2 ** options.inputBits - 1;
  const data = context.data?.size === 0 ? null : context.data;
  // Without data and a stated scale, inputs are taken for images from 0 to 1.
  const inputScale = options.inputScale ?? (data === null ? 1 / high : null);
  const top = (inputScale ?? 0) * high;
  const samples = calibrationSamples(graph, data, options.samples, context.seed, top);
  const statistics = collectStatistics(graph, points, samples, context.tensor, context.seed);
  checkFinite(statistics, samples.count);
  const steps = new Map<TensorNode, Steps>(
    statistics.map((s) => [s.point.node, stepsFor(s, options, inputScale)]),
  );
  const even = equalizeRanges(insertQuantizers(graph, { points, readsLevels }, sharedSteps(graph, steps)));
  const limit = options.sumLimit ?? commonSumLimit(context.targets);
  // Levels that a network brings along are part of its function: there is no float network to correct towards.
  const gap = options.biasCorrection && own.values === 0 ? meanGapOf(even, samples, context.tensor) : null;
  const bitsOf = (layer: TensorNode): number =>
    isInScope(layer, options) ? options.weightBits : usualChoice.weightBits;
  const gridded = gridWeights(even, { weightBits: options.weightBits, bitsOf, limit }, gap);
  refuseUnfit(gridded, limit);
  context.measure("samples", samples.count);
  reportSums(gridded, limit, options.weightBits, context);
  return gridded.graph;
};

export const quantize = definePass({
  name: "quantize",
  level: "tensor",
  summary: "Rounds activations to levels and weights to integers, from calibration data or synthetic images.",
  contract: { kind: "lossy", budget: "accuracy" },
  idempotent: true,
  options: quantizeOptions,
  run: quantized,
});
