import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { externalFilesBeside, readOnnx } from "../../../compiler/formats/onnx/index.ts";
import type { TensorGraph } from "../../../compiler/ir/index.ts";
import { plan } from "../../../compiler/pass/index.ts";
import { canonicalize } from "../../../compiler/passes/tensor/canonicalize.ts";
import { fuseBatchNorm } from "../../../compiler/passes/tensor/fuse-batch-norm.ts";
import { testContext } from "../../../compiler/testing/index.ts";
import { sharedData } from "../../shared-data.ts";
import { differenceUpTo } from "./same-up-to.ts";

const context = testContext(null);

const canonical = (model: string): TensorGraph | null => {
  const path = sharedData(`models/${model}.onnx`);
  if (path === null) return null;
  const bytes = new Uint8Array(readFileSync(path));
  const { graph } = readOnnx(bytes, path, { external: externalFilesBeside(path) });
  const first = plan(canonicalize, {}).run(graph, context);
  return plan(canonicalize, {}).run(plan(fuseBatchNorm, {}).run(first, context), context);
};

const [script, dynamo, unfused] = ["", "-dynamo", "-dynamo-bn"].map((how) =>
  canonical(`fashion-resnet20${how}`),
);

test.skipIf(!script || !dynamo || !unfused)(
  "one network from three exporters is one graph, weights within 1e-6",
  () => {
    if (!script || !dynamo || !unfused) return;
    expect(differenceUpTo(script, dynamo, 1e-6)).toBeNull();
    expect(differenceUpTo(script, unfused, 1e-6)).toBeNull();
  },
);

const half = canonical("fashion-resnet20-half");

test.skipIf(!script || !half)("another network is another graph", () => {
  if (!script || !half) return;
  expect(differenceUpTo(script, half, 1e-6)).toBe("weights of /fc/Gemm differ by Infinity");
});
