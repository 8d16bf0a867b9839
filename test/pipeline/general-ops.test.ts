import { expect, test } from "vitest";
import { scalarFunctions } from "../../compiler/cli/engines.ts";
import { convert } from "../../compiler/convert/index.ts";
import { named, Rejected } from "../../compiler/diagnostics/index.ts";
import {
  floats,
  integers,
  item,
  makeTensor,
  numbers,
  type Scalar,
  sizeOf,
  type TensorGraph,
  type TensorNode,
} from "../../compiler/ir/index.ts";
import { eliminateMaxPools } from "../../compiler/passes/integer/eliminate-max-pool.ts";
import { spellLevels } from "../../compiler/passes/integer/spell-levels.ts";
import { runTensorStage, toIntegers } from "../../compiler/pipeline/tensor-stage.ts";
import { dataOf, testContext } from "../../compiler/testing/index.ts";
import { runInteger } from "../../runtime/integer/index.ts";
import { runSpiking } from "../../runtime/spiking/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { modeNamed } from "../convert/agreement.ts";

const here = (name: string) => [named(name)];

const random = (name: string, shape: readonly number[], reach: number) => {
  let state = name.length * 7919 + sizeOf(shape);
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 2 * reach;
  };
  return floats(name, shape, Float64Array.from({ length: sizeOf(shape) }, next));
};

const unary = (x: TensorNode, fn: Scalar): TensorNode => makeTensor("unary", [x], { fn }, here(fn.kind));

const conv = (name: string, x: TensorNode, to: number, groups = 1): TensorNode => {
  const from = item(x.type.shape, 0);
  const weight = random(`${name}.w`, [to, from / groups, 3, 3], 0.5);
  const pads = [[1, 1] as const, [1, 1] as const];
  return makeTensor("conv", [x], { weight, bias: random(`${name}.b`, [to], 0.2), pads, groups }, here(name));
};

/** What a mobile network or a small decoder is made of, without products of computed values. */
const mixed = (): TensorGraph => {
  const x = makeTensor("input", [], { name: "x", shape: [1, 6, 6] }, here("x"));
  const a = unary(conv("a", x, 4), { kind: "hardSwish" });
  const pool = makeTensor("maxPool", [a], { kernel: [2, 2], strides: [2, 2] }, here("pool"));
  const b = unary(conv("b", pool, 4, 4), { kind: "gelu", tanh: false });
  const wide = makeTensor(
    "convTranspose",
    [b],
    { weight: random("up.w", [4, 2, 2, 2], 0.5), bias: random("up.b", [2], 0.1), strides: [2, 2] },
    here("up"),
  );
  const up = makeTensor("prelu", [wide], { slope: random("p", [2], 0.3) }, here("prelu"));
  const index = integers("i", [6, 1], Float64Array.of(0, 0, 1, 1, 2, 2));
  const taps = floats("t", [6, 1], new Float64Array(6).fill(1));
  const rows = makeTensor("resample", [pool], { axis: 1, index, taps }, here("rows"));
  const grown = makeTensor("resample", [rows], { axis: 2, index, taps }, here("grown"));
  const half = makeTensor("slice", [grown], { starts: [1, 0, 0], sizes: [2, 6, 6], steps: [] }, here("half"));
  const gap = unary(makeTensor("binary", [up, half], { fn: "subtract" }, here("gap")), { kind: "tanh" });
  const mean = makeTensor("reduce", [gap], { fn: "mean", axes: [1, 2] }, here("mean"));
  const weight = random("fc.w", [3, 2], 1);
  const logits = makeTensor("dense", [mean], { weight, bias: random("fc.b", [3], 0.1) }, here("logits"));
  const last = makeTensor("softmax", [logits], { axis: 0 }, here("softmax"));
  if (x.op !== "input") throw new Error("no input");
  return { name: "mixed", inputs: [x], outputs: [{ name: "y", value: last }] };
};

const sample = (i: number) => ({
  inputs: new Map([
    [
      "x",
      numbers(
        [1, 6, 6],
        Float64Array.from({ length: 36 }, (_, k) => ((k * (i + 3) * 7) % 11) / 10),
      ),
    ],
  ]),
  label: null,
});

const data = dataOf(Array.from({ length: 16 }, (_, i) => sample(i)));

test("activations that turn, decoders and differences run as spikes in every exact mode, close to the float network", () => {
  const graph = mixed();
  const context = testContext(data);
  const stage = runTensorStage(graph, { fold: null, quantize: { levels: 63 } }, { context, clock: () => 0 });
  expect(stage.host?.inputs.map((i) => i.attrs.name)).toEqual(["logits"]);
  const { graph: integer } = toIntegers(stage.quantized, scalarFunctions, context);
  const { outputs } = runInteger(integer, sample(2).inputs);
  const [logits] = outputs.values();
  const scale = item(item(integer.outputs, 0).value.type.scale, 0);
  const float = runTensor(graph, sample(2).inputs);
  const wanted = float.at(item(item(graph.outputs, 0).value.inputs, 0)).data;
  wanted.forEach((y, i) => {
    expect(Math.abs(y - item(logits?.data ?? [], i) * scale)).toBeLessThan(0.05);
  });
  for (const name of ["exact.graded", "exact.spatial", "exact.radix", "exact.rate", "exact.track"] as const) {
    const mode = modeNamed(name);
    const { graph: spelled } = spellLevels(integer, mode);
    const { graph: network } = convert(
      name === "exact.spatial" ? eliminateMaxPools(spelled).graph : spelled,
      mode,
    );
    for (let i = 0; i < 3; i++) {
      const [ours] = runSpiking(network, sample(i).inputs).outputs.values();
      const [theirs] = runInteger(integer, sample(i).inputs).outputs.values();
      expect([name, ours?.data]).toEqual([name, theirs?.data]);
    }
  }
});

test("a gate on computed values is refused by name, with the reason", () => {
  const x = makeTensor("input", [], { name: "x", shape: [2, 4, 4] }, here("x"));
  const a = conv("a", x, 2);
  const gate = unary(conv("b", a, 2), { kind: "sigmoid" });
  const product = makeTensor("binary", [a, gate], { fn: "multiply" }, here("excite"));
  if (x.op !== "input") throw new Error("no input");
  const graph: TensorGraph = {
    name: "t",
    inputs: [x],
    outputs: [{ name: "y", value: conv("c", product, 1) }],
  };
  const context = testContext(null);
  try {
    runTensorStage(graph, { fold: null, quantize: {} }, { context, clock: () => 0 });
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    expect(error.diagnostics.map((d) => [d.code, d.where.node, d.why])).toEqual([
      [
        "quantize/unsupported",
        "excite",
        "it multiplies two computed values, and neurons add up weighted levels",
      ],
    ]);
  }
});
