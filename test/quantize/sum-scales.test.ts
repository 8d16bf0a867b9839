import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type IntegerNode,
  item,
  nodesOf,
  rangeOfNode,
  type TensorGraph,
  valuesOf,
} from "../../compiler/ir/index.ts";
import { equalizeRanges } from "../../compiler/quantize/equalize-ranges.ts";
import { gridWeights } from "../../compiler/quantize/grid-weights.ts";
import { testContext } from "../../compiler/testing/index.ts";
import { lowering, tensorOf } from "./support.ts";

const at = (shape: string, name: string, dtype = "f32"): string => `: ${dtype}(shape=[${shape}]) @ "${name}"`;

test("a clipped activation whose channels have ranges of their own keeps odd thresholds", () => {
  const graph = tensorOf(
    `weight w : f64[2, 2, 1, 1] = [0.5, -1, 2, 0.25]`,
    `weight v : f64[1, 2] = [1, -1]`,
    `x = input(name="x", shape=[2, 1, 1]) ${at("2, 1, 1", "x")}`,
    `xq = quantize(x, scale=[0.01], zero=[0], low=0, high=255) ${at("2, 1, 1", "xq", "i64")}`,
    `xd = dequantize(xq, scale=[0.01], zero=[0]) ${at("2, 1, 1", "xd")}`,
    `c = conv(xd, weight=w) ${at("2, 1, 1", "c")}`,
    `r = unary(c, fn=clip(low=0, high=6)) ${at("2, 1, 1", "r")}`,
    `rq = quantize(r, scale=[0.1, 0.35], zero=[0], low=0, high=15) ${at("2, 1, 1", "rq", "i64")}`,
    `rd = dequantize(rq, scale=[0.1, 0.35], zero=[0]) ${at("2, 1, 1", "rd")}`,
    `f = reshape(rd, shape=[2]) ${at("2", "f")}`,
    `l = dense(f, weight=v) ${at("1", "l")}`,
    `output "y" = l`,
  );
  const even = equalizeRanges(graph);
  // The factors cannot pass the clip: they are part of the function of the neurons.
  expect(nodesOf(even).filter((n) => n.op === "affine").length).toBe(1);
  const { graph: gridded } = gridWeights(even, { weightBits: 8, limit: null }, null);
  const neurons = nodesOf(lowering.run(gridded, {}, testContext(null)).graph).flatMap((n) =>
    n.op === "neuron" ? [n.attrs.fn] : [],
  );
  // theta = step / sigma, with sigma from the greatest weight of each row: 1 and 2 times 0.01 over 127.
  expect(neurons.map((fn) => (fn.kind === "uniform" ? [...fn.theta.stored()] : fn.kind))).toEqual([
    [1269, 2221],
  ]);
});

interface Network {
  readonly rows: readonly (readonly number[])[];
  readonly bias: readonly number[];
  readonly step: number;
}

/** x (8 bits) -> levels y -> conv (+ y) -> relu -> levels -> dense. */
const graphOf = ({ rows, bias, step }: Network): TensorGraph =>
  tensorOf(
    `weight w : f64[2, 2, 1, 1] = [${rows.flat().join(", ")}]`,
    `weight b : f64[2] = [${bias.join(", ")}]`,
    `weight v : f64[1, 2] = [1, -1]`,
    `x = input(name="x", shape=[2, 1, 1]) ${at("2, 1, 1", "x")}`,
    `xq = quantize(x, scale=[0.01], zero=[0], low=0, high=255) ${at("2, 1, 1", "xq", "i64")}`,
    `xd = dequantize(xq, scale=[0.01], zero=[0]) ${at("2, 1, 1", "xd")}`,
    `c = conv(xd, weight=w, bias=b) ${at("2, 1, 1", "c")}`,
    `s = add([c, xd]) ${at("2, 1, 1", "s")}`,
    `r = unary(s, fn=relu) ${at("2, 1, 1", "r")}`,
    `rq = quantize(r, scale=[${step}, ${step / 4}], zero=[0], low=0, high=15) ${at("2, 1, 1", "rq", "i64")}`,
    `rd = dequantize(rq, scale=[${step}, ${step / 4}], zero=[0]) ${at("2, 1, 1", "rd")}`,
    `f = reshape(rd, shape=[2]) ${at("2", "f")}`,
    `l = dense(f, weight=v) ${at("1", "l")}`,
    `output "y" = l`,
  );

const real = fc.integer({ min: -64, max: 64 }).map((n) => n / 32);
const row = fc.tuple(real, real);
const networks = fc.record({
  rows: fc.tuple(row, row),
  bias: fc.tuple(real, real),
  step: fc.integer({ min: 1, max: 40 }).map((n) => n / 20),
});

const even = (network: Network): TensorGraph => equalizeRanges(graphOf(network));

test("thresholds are odd, and sums are whole multiples of what one level is divided into", () => {
  fc.assert(
    fc.property(
      networks,
      fc.constantFrom(8, 6, 4, 3),
      fc.constantFrom(null, 20_000),
      (network, weightBits, limit) => {
        const { graph, sums } = gridWeights(even(network), { weightBits, limit }, null);
        const lowered = nodesOf(lowering.run(graph, {}, testContext(null)).graph);
        const neurons = lowered.flatMap((n) => (n.op === "neuron" ? [n] : []));
        for (const { attrs } of neurons) {
          expect(attrs.fn.kind).toBe("uniform");
          if (attrs.fn.kind === "uniform")
            for (const theta of attrs.fn.theta.stored()) expect(theta % 2).toBe(1);
        }
        const layers = nodesOf(graph).flatMap((n) => (n.op === "conv" || n.op === "dense" ? [n] : []));
        for (const { attrs } of layers)
          for (const w of attrs.weight.stored()) expect(Math.abs(w)).toBeLessThan(2 ** (weightBits - 1));
        expect(sums.map((s) => s.weightBits <= weightBits)).not.toContain(false);
      },
    ),
  );
});

/** Greatest sums of the integer network, and what neurons take back on the way: theta times the levels. */
const worstOf = (graph: TensorGraph): number => {
  const nodes = nodesOf(lowering.run(graph, {}, testContext(null)).graph);
  const taken = (sum: IntegerNode): number => {
    const reader = nodes.find((n) => n.op === "neuron" && n.inputs[0] === sum);
    if (reader?.op !== "neuron" || reader.attrs.fn.kind !== "uniform") return 0;
    return Math.max(...reader.attrs.fn.theta.stored()) * (reader.attrs.fn.high - reader.attrs.fn.low);
  };
  return Math.max(
    ...nodes.map((node) => {
      const { low, high } = rangeOfNode(node);
      return Math.max(...high, ...low.map((n) => -n)) + taken(node);
    }),
  );
};

test("no sum of one sign exceeds the limit, with the digits that are taken back", () => {
  fc.assert(
    fc.property(networks, fc.constantFrom(5000, 20_000, 65_535), (network, limit) => {
      const free = gridWeights(even(network), { weightBits: 8, limit: null }, null);
      const tight = gridWeights(even(network), { weightBits: 8, limit }, null);
      for (const { scales } of tight.sums) {
        if (scales.over === 0) expect(scales.worst).toBeLessThanOrEqual(limit);
        else expect(scales.worst).toBeGreaterThan(limit);
      }
      // Net sums and takings together stay inside what both signs may add up to.
      if (tight.sums.every(({ scales }) => scales.over === 0))
        expect(worstOf(tight.graph)).toBeLessThanOrEqual(2 * limit);
      const unbound = free.sums.every(({ scales }) => scales.worst <= limit);
      if (unbound)
        expect(tight.sums.map((s) => [...s.scales.sigma])).toEqual(free.sums.map((s) => [...s.scales.sigma]));
    }),
  );
});

test("the identity branch shares 8 bits, and keeps its own bits beside 4-bit weights", () => {
  const network = {
    rows: [
      [0.05, 0.01],
      [0.02, -0.05],
    ],
    bias: [0, 0],
    step: 1,
  };
  const identityOf = (weightBits: number): readonly number[] => {
    const { graph } = gridWeights(even(network), { weightBits, limit: null }, null);
    return nodesOf(graph).flatMap((n) =>
      n.op === "affine" && n.attrs.scale.grid !== null ? [...n.attrs.scale.stored()] : [],
    );
  };
  for (const w of identityOf(8)) expect(Math.abs(w)).toBeLessThanOrEqual(127);
  for (const w of identityOf(4)) expect(w).toBeGreaterThan(100);
});

test("logits have one scale for all classes, and biases lie on the grid of their sums", () => {
  const graph = tensorOf(
    `weight w : f64[3, 2] = [1, 2, 0.01, -0.02, 5, 6]`,
    `weight b : f64[3] = [0.5, -0.25, 1]`,
    `x = input(name="x", shape=[2]) ${at("2", "x")}`,
    `q = quantize(x, scale=[0.5], zero=[0], low=0, high=15) ${at("2", "q", "i64")}`,
    `d = dequantize(q, scale=[0.5], zero=[0]) ${at("2", "d")}`,
    `l = dense(d, weight=w, bias=b) ${at("3", "l")}`,
    `output "y" = l`,
  );
  const [layer] = nodesOf(gridWeights(graph, { weightBits: 8, limit: null }, null).graph).flatMap((n) =>
    n.op === "dense" ? [n] : [],
  );
  if (layer?.attrs.bias?.grid == null) throw new Error("no bias on a grid");
  const sigma = (6 * 0.5) / 127;
  expect(layer.attrs.bias.grid.scale).toEqual([sigma]);
  expect(layer.attrs.weight.grid?.scale).toEqual([sigma / 0.5]);
  expect([...layer.attrs.weight.stored()]).toEqual([21, 42, 0, 0, 106, 127]);
  expect([...layer.attrs.bias.stored()]).toEqual([0.5, -0.25, 1].map((b) => Math.floor(b / sigma + 0.5)));
  expect(valuesOf(layer.attrs.weight)[5]).toBeCloseTo(6, 10);
});

test("what no threshold can hold is counted", () => {
  const network = {
    rows: [
      [2, 2],
      [2, 2],
    ],
    bias: [0, 0],
    step: 0.05,
  };
  const { sums } = gridWeights(even(network), { weightBits: 8, limit: 100 }, null);
  expect(item(sums, 0).scales.over).toBe(1);
});

test("a channel whose weights training left at 1e-31 gets a bias of few digits", () => {
  const graph = graphOf({
    rows: [
      [1e-31, -2e-31],
      [0.5, 1],
    ],
    bias: [0.7, 0.1],
    step: 0.1,
  });
  const { graph: gridded } = gridWeights(equalizeRanges(graph), { weightBits: 8, limit: null }, null);
  const sums = nodesOf(lowering.run(gridded, {}, testContext(null)).graph).filter((n) => n.op === "linear");
  const greatest = sums.map((n) => rangeOfNode(n).high.reduce((a, b) => Math.max(a, b), 0));
  expect(Math.max(...greatest)).toBeLessThan(2 ** 27);
});
