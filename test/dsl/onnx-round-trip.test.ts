import fc from "fast-check";
import { expect, test } from "vitest";
import { importOnnx } from "../../compiler/formats/onnx/index.ts";
import type { TensorGraph } from "../../compiler/ir/tensor/index.ts";
import { plan } from "../../compiler/pass/index.ts";
import { canonicalize } from "../../compiler/passes/tensor/canonicalize.ts";
import { eliminateDuplicates } from "../../compiler/passes/tensor/eliminate-duplicates.ts";
import { testContext } from "../../compiler/testing/index.ts";
import { onnxOf } from "../formats/onnx/export-graph.ts";
import { differenceUpTo } from "../passes/tensor/same-up-to.ts";
import { randomNetwork } from "./random-network.ts";
import { graphOf } from "./support.ts";

/** ONNX shows a change of shape at each reader, where the program has one for all: twins are joined before and after. */
const passes = [eliminateDuplicates, canonicalize, eliminateDuplicates];

const canonical = (graph: TensorGraph): TensorGraph =>
  passes.reduce((made, pass) => plan(pass, {}).run(made, testContext(null)), graph);

const runs = { numRuns: Number(process.env.SPIKEFOLD_RUNS ?? 60), seed: 7 };

test("a program, written as ONNX and read again, is the same graph after canonicalization, weights equal", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), (seed) => {
      const text = randomNetwork(seed);
      const graph = graphOf(text);
      const back = importOnnx(onnxOf(graph), "written.onnx");
      const difference = differenceUpTo(canonical(graph), canonical(back), 0);
      if (difference !== null) throw new Error(`${difference}\n${text}`);
    }),
    runs,
  );
});

test("another weight or another stage is a difference", () => {
  const text = "network n(x: [4]) -> y: [4] {\n  weights kaiming(seed: 1)\n  y = x -> dense(4) -> relu\n}\n";
  const graph = canonical(graphOf(text));
  const back = (changed: string): TensorGraph => canonical(importOnnx(onnxOf(graphOf(changed)), "w.onnx"));
  expect(differenceUpTo(graph, back(text), 0)).toBeNull();
  expect(differenceUpTo(graph, back(text.replace("seed: 1", "seed: 2")), 0)).toContain("weights");
  expect(differenceUpTo(graph, back(text.replace("relu", "tanh")), 0)).toContain("tanh");
});
