import { expect, test } from "vitest";
import { nodesOf, valuesOf, type Weight } from "../../compiler/ir/core/index.ts";
import { graphOf } from "./support.ts";

const isWeight = (value: unknown): value is Weight =>
  typeof value === "object" && value !== null && "stored" in value && "shape" in value;

/** The numbers of all parameters of a network of one pipe, by name. */
const numbers = (input: string, stages: string, output: string, weights: string) => {
  const text = `network a(x: ${input}) -> y: ${output} {\n  weights ${weights}\n  y = x -> ${stages}\n}\n`;
  const held = nodesOf(graphOf(text)).flatMap(({ attrs }) => Object.values(attrs).filter(isWeight));
  return new Map(held.map((w) => [w.name, [...valuesOf(w)]]));
};

const repeated = (value: number, count: number): readonly number[] => Array(count).fill(value);

// Standard deviations and limits that are exact: sqrt(2 / 8) and sqrt(6 / (1 + 5)).
test.each([
  ["dense", "[8]", "dense(3)", "[3]"],
  ["a conv of one group", "[2, 2, 2]", "conv(3, 2x2, pad: 0)", "[3, 1, 1]"],
  ["a conv of two groups", "[4, 2, 2]", "conv(6, 2x2, pad: 0, groups: 2)", "[6, 1, 1]"],
  ["depthwise", "[3, 2, 4]", "depthwise(2x4, pad: 0)", "[3, 1, 1]"],
  ["conv_transpose", "[4, 1, 1]", "conv_transpose(6, 2x2, pad: 0, groups: 2)", "[6, 2, 2]"],
  ["local", "[2, 2, 3]", "local(3, 2x2, pad: 0)", "[3, 1, 2]"],
])("kaiming counts eight inputs of one output of %s", (_, input, stages, output) => {
  const wide = numbers(input, stages, output, "kaiming(seed: 3)");
  expect(wide).toEqual(numbers(input, stages, output, "normal(std: 0.5, seed: 3)"));
});

test.each([
  ["dense", "[1]", "dense(5)", "[5]"],
  ["a conv of one group", "[1, 2, 2]", "conv(5, 1x1)", "[5, 2, 2]"],
  ["a conv of two groups", "[2, 2, 2]", "conv(10, 1x1, groups: 2)", "[10, 2, 2]"],
  ["depthwise", "[3, 2, 4]", "depthwise(1x1, multiplier: 5)", "[15, 2, 4]"],
  ["conv_transpose", "[2, 1, 1]", "conv_transpose(10, 1x1, groups: 2)", "[10, 1, 1]"],
  ["local", "[1, 2, 2]", "local(5, 1x1)", "[5, 2, 2]"],
])("xavier counts one input and five outputs of %s", (_, input, stages, output) => {
  const wide = numbers(input, stages, output, "xavier(seed: 3)");
  expect(wide).toEqual(numbers(input, stages, output, "uniform(-1, 1, seed: 3)"));
});

test("norms start at factors of one and shifts of zero, whatever their shape", () => {
  const norms = "batch_norm -> layer_norm -> group_norm(2) -> scale(stored)";
  expect(numbers("[2, 1, 3]", norms, "[2, 1, 3]", "kaiming(seed: 1)")).toEqual(
    new Map([
      ["bn1.weight", [1, 1]],
      ["bn1.bias", [0, 0]],
      ["bn1.running_mean", [0, 0]],
      ["bn1.running_var", [1, 1]],
      ["layer_norm1.weight", repeated(1, 6)],
      ["layer_norm1.bias", repeated(0, 6)],
      ["group_norm1.weight", [1, 1]],
      ["group_norm1.bias", [0, 0]],
      ["scale1.weight", [1, 1]],
    ]),
  );
});

test("slopes of prelu start at a quarter and biases at zero", () => {
  const made = numbers("[3]", "dense(2, bias: stored) -> prelu", "[2]", "normal(std: 1, seed: 1)");
  expect(made.get("prelu1.weight")).toEqual([0.25, 0.25]);
  expect(made.get("dense1.bias")).toEqual([0, 0]);
  expect(new Set(made.get("dense1.weight")).size).toBe(6);
});

test("a bias that is drawn has the fans of its layer", () => {
  const bias = (draw: string) =>
    numbers("[8]", `dense(2, bias: ${draw})`, "[2]", "kaiming(seed: 1)").get("dense1.bias");
  expect(bias("kaiming(seed: 4)")).toEqual(bias("normal(std: 0.5, seed: 4)"));
});
