import fc from "fast-check";
import { expect, test } from "vitest";
import { item, nodesOf, type TensorGraph } from "../../compiler/ir/index.ts";
import { equalizeRanges } from "../../compiler/quantize/equalize-ranges.ts";
import { gridWeights } from "../../compiler/quantize/grid-weights.ts";
import { sumLimitOf } from "../../compiler/quantize/index.ts";
import { realizeIntegers } from "../../compiler/realize/realize.ts";
import { testContext } from "../../compiler/testing/index.ts";
import { lowering, tensorOf } from "../quantize/support.ts";
import { testTargets } from "./cells.ts";

const at = (shape: string, name: string, dtype = "f32"): string => `: ${dtype}(shape=[${shape}]) @ "${name}"`;

interface Network {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly bias: readonly number[];
  readonly step: number;
}

/** Levels x of 8 bits -> conv -> signed levels y of 8 bits -> conv -> relu -> 15 levels. */
const graphOf = ({ first, second, bias, step }: Network): TensorGraph =>
  tensorOf(
    `weight w : f64[2, 2, 1, 1] = [${first.join(", ")}]`,
    `weight v : f64[2, 2, 1, 1] = [${second.join(", ")}]`,
    `weight b : f64[2] = [${bias.join(", ")}]`,
    `x = input(name="x", shape=[2, 1, 1]) ${at("2, 1, 1", "x")}`,
    `xq = quantize(x, scale=[0.01], zero=[0], low=0, high=255) ${at("2, 1, 1", "xq", "i64")}`,
    `xd = dequantize(xq, scale=[0.01], zero=[0]) ${at("2, 1, 1", "xd")}`,
    `y = conv(xd, weight=w, bias=b) ${at("2, 1, 1", "y")}`,
    `yq = quantize(y, scale=[${step}], zero=[0], low=-127, high=127) ${at("2, 1, 1", "yq", "i64")}`,
    `yd = dequantize(yq, scale=[${step}], zero=[0]) ${at("2, 1, 1", "yd")}`,
    `z = conv(yd, weight=v, bias=b) ${at("2, 1, 1", "z")}`,
    `r = unary(z, fn=relu) ${at("2, 1, 1", "r")}`,
    `rq = quantize(r, scale=[0.2], zero=[0], low=0, high=15) ${at("2, 1, 1", "rq", "i64")}`,
    `output "q" = rq`,
  );

const real = fc.integer({ min: -64, max: 64 }).map((n) => n / 32);
const four = fc.array(real, { minLength: 4, maxLength: 4 });
const networks = fc.record({
  first: four,
  second: four,
  bias: fc.array(real, { minLength: 2, maxLength: 2 }),
  step: fc.integer({ min: 1, max: 8 }).map((n) => n / 100),
});

test("sums that quantization keeps to a cell's limit fit the cell, signed levels included", () => {
  let realized = 0;
  fc.assert(
    fc.property(networks, fc.constantFrom(...testTargets), (network, target) => {
      const limit = sumLimitOf(target);
      const { graph, sums } = gridWeights(equalizeRanges(graphOf(network)), { weightBits: 8, limit }, null);
      if (limit === null || sums.some(({ scales }) => scales.over > 0)) return;
      const integer = lowering.run(graph, {}, testContext(null)).graph;
      const { realized: built } = realizeIntegers(integer, target);
      for (const { positive, negative } of built.reach.values())
        expect(Math.max(positive, negative)).toBeLessThanOrEqual(limit);
      realized++;
    }),
    { numRuns: 60, seed: 31 },
  );
  expect(realized).toBeGreaterThan(30);
});

test("levels of -127..127 with one threshold take eight lanes", () => {
  const network = { first: [1, -1, 0.5, 1], second: [1, -1, 1, 1], bias: [0, 0], step: 0.02 };
  const { graph } = gridWeights(equalizeRanges(graphOf(network)), { weightBits: 8, limit: 65_535 }, null);
  const integer = lowering.run(graph, {}, testContext(null)).graph;
  expect(nodesOf(integer).some((n) => n.op === "neuron" && n.attrs.fn.kind === "steps")).toBe(false);
  const { realized } = realizeIntegers(integer, item(testTargets, 1));
  const lanes = realized.network.spellings.map((s) => s.lanes.length);
  expect(lanes).toEqual([8, 8, 4]);
});
