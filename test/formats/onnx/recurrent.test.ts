import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { decodeModel, importModel, importOnnx } from "../../../compiler/formats/onnx/index.ts";
import { sizeOf } from "../../../compiler/ir/core/index.ts";
import { refuseUnsupported } from "../../../compiler/quantize/index.ts";
import { type Random, randomFrom } from "../../../compiler/testing/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";
import { afterFloatPasses } from "../../float-passes.ts";
import { codesOf, faultsOf } from "../../rejected.ts";
import { type AttributeSpec, type ModelSpec, type TensorSpec, writeModel } from "./write-model.ts";

type Kind = "RNN" | "GRU" | "LSTM";

interface Extents {
  readonly steps: number;
  readonly batch: number;
  readonly channels: number;
  readonly units: number;
}

const gates = { RNN: 1, GRU: 3, LSTM: 4 } as const;
const functions = { RNN: 1, GRU: 2, LSTM: 3 } as const;

const drawn = (random: Random, name: string, dims: readonly number[]): TensorSpec => ({
  name,
  dims,
  data: Array.from({ length: sizeOf(dims) }, () => random.between(-16, 16) / 16),
});

/** Activations that take alpha, both or nothing, with numbers for those that take some. */
const activationsOf = (random: Random, count: number): Readonly<Record<string, AttributeSpec>> => {
  const names = Array.from({ length: count }, () =>
    random.pick(["Sigmoid", "Tanh", "Relu", "Softsign", "Softplus", "Elu", "LeakyRelu", "HardSigmoid"]),
  );
  const alphas = names.filter((name) => ["Elu", "LeakyRelu", "HardSigmoid"].includes(name));
  const betas = names.filter((name) => name === "HardSigmoid");
  return {
    activations: { strings: names },
    activation_alpha: { floats: alphas.map((_, i) => 0.25 + i / 8) },
    activation_beta: { floats: betas.map((_, i) => 0.5 - i / 8) },
  };
};

const attributesOf = (
  random: Random,
  kind: Kind,
  directions: number,
): Readonly<Record<string, AttributeSpec>> => {
  const direction = directions === 2 ? "bidirectional" : random.pick(["forward", "reverse"]);
  return {
    direction,
    ...(random.chance(40) ? activationsOf(random, directions * functions[kind]) : {}),
    ...(random.chance(30) ? { clip: { float: 0.75 } } : {}),
    ...(kind === "GRU" && random.chance(50) ? { linear_before_reset: 1 } : {}),
    ...(kind === "LSTM" && random.chance(20) ? { input_forget: 1 } : {}),
  };
};

/** A cell with some of its optional inputs, drawn by the seed. */
const modelOf = (random: Random, kind: Kind, at: Extents): ModelSpec => {
  const { steps, batch, channels, units } = at;
  const directions = random.between(1, 2);
  const rows = gates[kind] * units;
  const maybe = (tensor: TensorSpec): readonly TensorSpec[] => (random.chance(60) ? [tensor] : []);
  const lens = Array.from({ length: batch }, () => random.between(1, steps));
  const optional = [
    ...maybe(drawn(random, "b", [directions, 2 * rows])),
    ...maybe({ name: "lens", dims: [batch], kind: "int32", data: lens }),
    ...maybe(drawn(random, "h", [directions, batch, units])),
    ...(kind === "LSTM" ? maybe(drawn(random, "c", [directions, batch, units])) : []),
    ...(kind === "LSTM" ? maybe(drawn(random, "p", [directions, 3 * units])) : []),
  ];
  const given = new Set(optional.map(({ name }) => name));
  const names = ["b", "lens", "h", ...(kind === "LSTM" ? ["c", "p"] : [])];
  const outputs = ["y", "y_h", ...(kind === "LSTM" ? ["y_c"] : [])];
  return {
    opset: 14,
    inputs: [{ name: "x", dims: [steps, batch, channels] }],
    outputs,
    nodes: [
      {
        op: kind,
        inputs: ["x", "w", "r", ...names.map((name) => (given.has(name) ? name : ""))],
        outputs,
        attributes: { hidden_size: units, ...attributesOf(random, kind, directions) },
      },
    ],
    initializers: [
      drawn(random, "w", [directions, rows, channels]),
      drawn(random, "r", [directions, rows, units]),
      ...optional,
    ],
  };
};

const floatsOf = (tensor: unknown): Float32Array => {
  if (!(tensor instanceof Tensor) || !(tensor.data instanceof Float32Array))
    throw new Error("expected floats");
  return tensor.data;
};

/** Greatest difference to onnxruntime over all outputs. */
const errorOf = async (bytes: Uint8Array, data: Float64Array, dims: readonly number[]): Promise<number> => {
  const { graph } = importModel(decodeModel(bytes, "cell.onnx"), { batch: "given" });
  const [input] = graph.inputs;
  if (input === undefined) throw new Error("the model has no input");
  const ours = runTensor(graph, new Map([["x", { shape: input.attrs.shape, data }]])).outputs;
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: "disabled",
    logSeverityLevel: 3,
  });
  const theirs = await session.run({ x: new Tensor("float32", Float32Array.from(data), dims) });
  await session.release();
  return [...ours].reduce((most, [name, { data: own }]) => {
    const other = floatsOf(theirs[name]);
    expect(own.length).toBe(other.length);
    return own.reduce((error, x, i) => Math.max(error, Math.abs(x - (other[i] ?? Number.NaN))), most);
  }, 0);
};

test.each(["RNN", "GRU", "LSTM"] as const)(
  "a %s with any of its options gives what onnxruntime gives",
  async (kind) => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomFrom(seed);
      const at = {
        steps: random.between(1, 5),
        batch: random.between(1, 3),
        channels: random.between(1, 4),
        units: random.between(1, 4),
      };
      const dims = [at.steps, at.batch, at.channels];
      const spec = modelOf(random, kind, at);
      const data = Float64Array.from({ length: sizeOf(dims) }, () => random.between(-16, 16) / 8);
      const error = await errorOf(writeModel(spec), data, dims);
      expect(error, `seed ${seed}: ${JSON.stringify(spec.nodes)}`).toBeLessThan(1e-5);
    }
  },
);

const fixed: Extents = { steps: 4, batch: 2, channels: 3, units: 2 };

interface Change {
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
  readonly lens?: readonly number[];
  readonly x?: readonly number[];
}

/** A plain LSTM with one thing changed. */
const lstm = ({ attributes = {}, lens = [4, 4], x = [4, 2, 3] }: Change): Uint8Array => {
  const random = randomFrom(1);
  const { channels, units } = fixed;
  return writeModel({
    opset: 14,
    inputs: [{ name: "x", dims: x }],
    outputs: ["y"],
    nodes: [{ op: "LSTM", inputs: ["x", "w", "r", "", "lens"], outputs: ["y"], attributes }],
    initializers: [
      drawn(random, "w", [1, 4 * units, channels]),
      drawn(random, "r", [1, 4 * units, units]),
      { name: "lens", dims: [lens.length], kind: "int32", data: lens },
    ],
  });
};

const run = (
  bytes: Uint8Array,
  data: Float64Array,
): { readonly shape: readonly number[]; readonly data: Float64Array } => {
  const { graph, shapes } = importModel(decodeModel(bytes, "cell.onnx"), { batch: "given" });
  const shape = graph.inputs[0]?.attrs.shape ?? [];
  const y = runTensor(graph, new Map([["x", { shape, data }]])).outputs.get("y");
  return { shape: shapes.get("y") ?? [], data: y?.data ?? new Float64Array() };
};

test("layout 1 gives the numbers of layout 0 with the batch first", () => {
  const at = (t: number, b: number, c: number): number => Math.sin(t + 3 * b + 7 * c);
  const steps = Float64Array.from({ length: 24 }, (_, i) =>
    at(Math.floor(i / 6), Math.floor(i / 3) % 2, i % 3),
  );
  const batch = Float64Array.from({ length: 24 }, (_, i) =>
    at(Math.floor(i / 3) % 4, Math.floor(i / 12), i % 3),
  );
  const plain = run(lstm({ lens: [4, 3] }), steps);
  const turned = run(lstm({ lens: [4, 3], x: [2, 4, 3], attributes: { layout: 1 } }), batch);
  expect(plain.shape).toEqual([4, 1, 2, 2]);
  expect(turned.shape).toEqual([2, 4, 1, 2]);
  const index = (t: number, b: number, u: number): number => t * 4 + b * 2 + u;
  const expected = Array.from(
    turned.data,
    (_, i) => plain.data[index(Math.floor(i / 2) % 4, Math.floor(i / 8), i % 2)],
  );
  expect(Array.from(turned.data)).toEqual(expected);
});

const refused: readonly (readonly [string, Change, string])[] = [
  ["a direction that does not exist", { attributes: { direction: "sideways" } }, "onnx/attribute"],
  ["another number of units than the weights have", { attributes: { hidden_size: 3 } }, "onnx/attribute"],
  ["a clip of 0", { attributes: { clip: { float: 0 } } }, "onnx/attribute"],
  ["too few activations", { attributes: { activations: { strings: ["Tanh"] } } }, "onnx/attribute"],
  [
    "an activation that does not exist",
    { attributes: { activations: { strings: ["Tanh", "toString", "Tanh"] } } },
    "onnx/attribute",
  ],
  [
    "a scaled tanh",
    {
      attributes: {
        activations: { strings: ["Sigmoid", "ScaledTanh", "Tanh"] },
        activation_alpha: { floats: [2] },
      },
    },
    "onnx/unsupported-form",
  ],
  ["a length past the last step", { lens: [4, 5] }, "onnx/value"],
  ["lengths of another batch", { lens: [4, 4, 4] }, "onnx/shape"],
  ["an input without channels", { x: [4, 2] }, "onnx/shape"],
];

test.each(refused)("an LSTM with %s is refused", (_, change, code) => {
  expect(codesOf(() => importModel(decodeModel(lstm(change), "cell.onnx"), { batch: "given" }))).toEqual([
    code,
  ]);
});

test("an initial state that is computed is refused, and named as an input that has to be stored", () => {
  const bytes = writeModel({
    inputs: [
      { name: "x", dims: [1, 3] },
      { name: "h", dims: [1, 1, 2] },
    ],
    outputs: ["y"],
    nodes: [
      { op: "Unsqueeze", inputs: ["x", "axis"], outputs: ["s"] },
      { op: "RNN", inputs: ["s", "w", "r", "", "", "h"], outputs: ["y"] },
    ],
    initializers: [
      { name: "axis", dims: [1], kind: "int64", data: [0] },
      drawn(randomFrom(1), "w", [1, 2, 3]),
      drawn(randomFrom(2), "r", [1, 2, 2]),
    ],
  });
  const [fault] = faultsOf(() => importOnnx(bytes, "cell.onnx"));
  expect(fault?.code).toBe("onnx/unsupported-form");
  expect(fault?.why).toBe('input 6 is computed by node "h"; a constant is needed');
});

test("quantization refuses a cell of two directions in one message, with what to use instead", () => {
  const random = randomFrom(1);
  const bytes = writeModel({
    opset: 14,
    inputs: [{ name: "x", dims: [1, 5, 3] }],
    outputs: ["y"],
    nodes: [
      { op: "Transpose", inputs: ["x"], outputs: ["t"], attributes: { perm: [1, 0, 2] } },
      {
        op: "GRU",
        inputs: ["t", "w", "r"],
        outputs: ["s", "h"],
        name: "cell",
        attributes: { direction: "bidirectional" },
      },
      { op: "ReduceMean", inputs: ["s"], outputs: ["m"], attributes: { axes: [0, 1], keepdims: 0 } },
      { op: "Gemm", inputs: ["m", "out"], outputs: ["y"], name: "layer" },
    ],
    initializers: [
      drawn(random, "w", [2, 6, 3]),
      drawn(random, "r", [2, 6, 2]),
      drawn(random, "out", [2, 4]),
    ],
  });
  const faults = faultsOf(() => refuseUnsupported(afterFloatPasses(importOnnx(bytes, "cell.onnx"))));
  expect(faults.map(({ code, where }) => [code, where.node])).toEqual([["quantize/unsupported", "cell"]]);
  expect(faults[0]?.fix).toContain("1-D convolution");
});
