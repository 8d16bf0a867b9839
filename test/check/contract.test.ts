import fc from "fast-check";
import { expect, test } from "vitest";
import { integerContracts, integerSamples, tensorContracts } from "../../compiler/check/index.ts";
import {
  floats,
  type Integer,
  type IntegerGraph,
  integerLevel,
  integers,
  parse,
  type Rules,
  rewrite,
  type TensorGraph,
  tensorLevel,
} from "../../compiler/ir/index.ts";
import { type Contract, definePass, type Planned, plan, type Verdict } from "../../compiler/pass/index.ts";
import {
  integerEvaluator,
  integerGraphs,
  tensorEvaluator,
  testContext,
} from "../../compiler/testing/index.ts";

const tensorPass = (
  run: (graph: TensorGraph) => TensorGraph,
  contract: Contract = { kind: "exact" },
): Planned<"tensor"> =>
  plan(
    definePass({ name: "p", level: "tensor", summary: "", contract, idempotent: false, options: {}, run }),
    {},
  );

const verdictOf = (graph: TensorGraph, planned: Planned<"tensor">): Verdict => {
  const context = testContext(null);
  return tensorContracts(tensorEvaluator)({
    planned,
    before: graph,
    after: planned.run(graph, context),
    bound: null,
    context,
  });
};

const layer = (weights: string): TensorGraph =>
  parse(
    tensorLevel,
    `tensor "t" {
      weight w : f64[2, 2] = [${weights}]
      weight two : f64[1] = [2]
      weight half : f64[1] = [0.5]
      x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
      y = dense(x, weight=w) : f32(shape=[2]) @ "y"
      output "y" = y
    }`,
  );

/** Multiplies the result by a factor that is 1, or nearly. */
const scaled = (factor: number): Planned<"tensor"> =>
  tensorPass((graph) =>
    rewrite(tensorLevel, graph, {
      dense: (node, { make }) =>
        make("affine", [node], { scale: floats("f", [1], Float64Array.of(factor)), shift: null }),
    }),
  );

test("dyadic weights are compared bit for bit", () => {
  expect(verdictOf(layer("1, 2, 0.5, -1"), scaled(1))).toEqual({
    holds: true,
    says: "equal on 10 inputs",
    measured: 0,
  });
  expect(verdictOf(layer("1, 2, 0.5, -1"), scaled(1 + 2 ** -30)).holds).toBe(false);
});

test("other weights may differ by rounding, and the pass is run again on dyadic ones", () => {
  const { holds, says } = verdictOf(layer("0.1, 0.2, 0.3, 0.7"), scaled(1));
  expect([holds, says]).toEqual([
    true,
    "equal up to 1e-9 of the greatest output on 10 inputs; equal on 10 inputs with dyadic weights",
  ]);
});

test("an error too small for real weights is found on dyadic ones", () => {
  const { holds, says } = verdictOf(layer("0.1, 0.2, 0.3, 0.7"), scaled(1 + 2 ** -30));
  expect([holds, says.startsWith("not equal: y[")]).toEqual([false, true]);
});

test("an error above rounding is found on the weights as they are", () => {
  expect(verdictOf(layer("0.1, 0.2, 0.3, 0.7"), scaled(1.001)).says).toMatch(/^differs by 0.00099/);
});

test("sums that must round are compared up to rounding, and that is said", () => {
  const graph = parse(
    tensorLevel,
    `tensor "t" {
      x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
      s = softmax(x, axis=0) : f32(shape=[2]) @ "s"
      output "y" = s
    }`,
  );
  const copied = tensorPass((g) => ({ ...g }));
  expect(verdictOf(graph, copied).says).toContain("not compared bit for bit");
});

test("a lossy pass without data is not measured, and that is said", () => {
  const lossy = tensorPass((graph) => ({ ...graph }), { kind: "lossy", budget: "error" });
  expect(verdictOf(layer("1, 2, 3, 4"), lossy)).toEqual({
    holds: true,
    says: "not measured: no data",
    measured: null,
  });
});

const integerVerdict = (graph: IntegerGraph, rules: Rules<Integer>): boolean => {
  const context = testContext(null);
  const run = (before: IntegerGraph): IntegerGraph => rewrite(integerLevel, before, rules);
  const planned = plan(
    definePass({
      name: "p",
      level: "integer",
      summary: "",
      contract: { kind: "exact" },
      idempotent: true,
      options: {},
      run,
    }),
    {},
  );
  const verify = integerContracts(integerEvaluator, integerSamples);
  return verify({ planned, before: graph, after: run(graph), bound: null, context }).holds;
};

/** Faults that rounding and comparators invite. */
const faults: Readonly<Record<string, Rules<Integer>>> = {
  "theta one too large": {
    neuron: ({ inputs, attrs: { fn, scale } }, { make }) =>
      fn.kind !== "uniform"
        ? null
        : make("neuron", inputs, {
            scale,
            fn: {
              ...fn,
              theta: integers(
                "t",
                fn.theta.shape,
                fn.theta.stored().map((t) => t + 1),
              ),
            },
          }),
  },
  "> for >=": {
    neuron: ({ inputs, attrs: { fn, scale } }, { make }) =>
      fn.kind !== "steps"
        ? null
        : make("neuron", inputs, {
            scale,
            fn: {
              ...fn,
              breaks: integers(
                "b",
                fn.breaks.shape,
                fn.breaks.stored().map((b) => b + 1),
              ),
            },
          }),
  },
  "the top level lost": {
    neuron: ({ inputs, attrs: { fn, scale } }, { make }) =>
      fn.kind !== "uniform" || fn.high < 2
        ? null
        : make("neuron", inputs, { scale, fn: { ...fn, high: fn.high - 1 } }),
  },
  "a bias lost": {
    linear: ({ inputs, attrs }, { make }) =>
      attrs.bias === null ? null : make("linear", inputs, { ...attrs, bias: null }),
  },
};

test.each(Object.entries(faults))("finds %s within 40 networks", (_, rules) => {
  const graphs = fc.sample(integerGraphs({ maxSteps: 2 }), { numRuns: 40, seed: 4 });
  expect(graphs.some((graph) => !integerVerdict(graph, rules))).toBe(true);
});

test("equal networks are equal on every input", () => {
  for (const graph of fc.sample(integerGraphs(), { numRuns: 30, seed: 8 }))
    expect(integerVerdict(graph, {})).toBe(true);
});
