import fc from "fast-check";
import { expect, test } from "vitest";
import { named } from "../../../compiler/diagnostics/index.ts";
import {
  floats,
  nodesOf,
  parse,
  print,
  storeOf,
  TextError,
  violationsOf,
  weightsOf,
} from "../../../compiler/ir/core/index.ts";
import { integerLevel } from "../../../compiler/ir/integer/index.ts";
import {
  makeTensor,
  type TensorGraph,
  tensorInvariants,
  tensorLevel,
  tensorOps,
} from "../../../compiler/ir/tensor/index.ts";
import { integerGraphs } from "../../../compiler/testing/index.ts";
import { tensorGraphs } from "../tensor/graphs.ts";

const again = (text: string, graph: TensorGraph): string =>
  print(tensorLevel, parse(tensorLevel, text, storeOf(weightsOf(tensorLevel, graph))));

test("a tensor graph prints, parses and prints to the same text", () => {
  fc.assert(
    fc.property(tensorGraphs, (graph) => {
      const text = print(tensorLevel, graph);
      expect(again(text, graph)).toBe(text);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("the random tensor graphs use every op and are valid", () => {
  const seen = new Set<string>();
  for (const graph of fc.sample(tensorGraphs, { numRuns: 300, seed: 1 })) {
    expect(violationsOf(tensorInvariants, graph)).toEqual([]);
    for (const node of nodesOf(graph)) seen.add(node.op);
  }
  expect(Object.keys(tensorOps).filter((op) => !seen.has(op))).toEqual([]);
});

test("an integer graph prints, parses and prints to the same text", () => {
  fc.assert(
    fc.property(integerGraphs({ signedInputs: true }), (graph) => {
      const text = print(integerLevel, graph);
      const store = storeOf(weightsOf(integerLevel, graph));
      expect(print(integerLevel, parse(integerLevel, text, store))).toBe(text);
    }),
    { numRuns: 100, seed: 1 },
  );
});

const x = makeTensor("input", [], { name: "x", shape: [2] }, [named("x")]);

const shown = (data: readonly number[]): string => {
  const w = floats("w", [data.length], Float64Array.from(data));
  const value = makeTensor("constant", [], { value: w }, [named("c")]);
  return print(tensorLevel, { name: "n", inputs: [], outputs: [{ name: "y", value }] });
};

test("a small graph has this text", () => {
  const w = floats("first weight", [2, 2], Float64Array.of(1, -0, 0.1, 1e300), "f64");
  const fc1 = makeTensor("dense", [x], { weight: w, bias: null }, [
    named("fc 1"),
    { name: "fc", span: { file: "n.spk", start: 3, end: 5 } },
  ]);
  const fc2 = makeTensor("dense", [fc1], { weight: w }, [named("fc 1")]);
  const y = makeTensor("unary", [fc2], { fn: { kind: "clip", low: -Infinity, high: 6 } }, [named("6")]);
  const graph: TensorGraph = { name: "small", inputs: [x], outputs: [{ name: "logits", value: y }] };
  expect(print(tensorLevel, graph).split("\n")).toEqual([
    'tensor "small" {',
    "  weight first_weight : f64[2, 2] = [1, -0, 0.1, 1e+300]",
    '  x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"',
    '  fc_1 = dense(x, weight=first_weight) : f32(shape=[2]) @ "fc 1" + "fc" in "n.spk" 3 5',
    '  fc_1_2 = dense(fc_1, weight=first_weight) : f32(shape=[2]) @ "fc 1"',
    '  n6 = unary(fc_1_2, fn=clip(low=-inf, high=6)) : f32(shape=[2]) @ "6"',
    '  output "logits" = n6',
    "}",
    "",
  ]);
});

test("weights of more than 16 numbers print by hash, and need a store to be read", () => {
  expect(shown(Array.from({ length: 16 }, (_, i) => i))).toContain("= [0, 1, 2");
  const text = shown(Array.from({ length: 17 }, (_, i) => i));
  expect(text).toMatch(/weight w : f64\[17\] = sha256 "[0-9a-f]{64}"/);
  expect(() => parse(tensorLevel, text)).toThrow(/no stored numbers have hash/);
});

test("comments and blank lines change nothing", () => {
  const text = shown([1, 2]);
  const spaced = text.replaceAll("\n", " // a comment { = }\n\n");
  expect(print(tensorLevel, parse(tensorLevel, spaced))).toBe(text);
});

test("a shared weight is one object after parsing", () => {
  const w = floats("w", [2, 2], Float64Array.of(1, 2, 3, 4));
  const a = makeTensor("dense", [x], { weight: w }, [named("a")]);
  const b = makeTensor("dense", [a], { weight: w }, [named("b")]);
  const text = print(tensorLevel, { name: "n", inputs: [x], outputs: [{ name: "y", value: b }] });
  expect(weightsOf(tensorLevel, parse(tensorLevel, text))).toHaveLength(1);
});

const head = 'tensor "n" {\n  x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"\n';

const wrong: Readonly<Record<string, readonly [string, number, RegExp]>> = {
  "another level": ['integer "n" {\n}', 1, /expected the keyword tensor/],
  "an unknown op": [`${head}  y = blur(x) : f32(shape=[2]) @ "y"\n}`, 3, /there is no op blur/],
  "an op of the object prototype": [
    `${head}  y = toString(x) : f32(shape=[2]) @ "y"\n}`,
    3,
    /there is no op toString/,
  ],
  "an unknown operand": [`${head}  y = unary(z, fn=relu) : f32(shape=[2]) @ "y"\n}`, 3, /there is no node z/],
  "too many operands": [
    `${head}  y = unary(x, x, fn=relu) : f32(shape=[2]) @ "y"\n}`,
    3,
    /unary does not take 2 inputs/,
  ],
  "an unknown field": [
    `${head}  y = unary(x, fn=relu, slope=1) : f32(shape=[2]) @ "y"\n}`,
    3,
    /there is no field slope/,
  ],
  "a field twice": [
    `${head}  y = unary(x, fn=clip(low=0, low=1, high=2)) : f32(shape=[2]) @ "y"\n}`,
    3,
    /field low stands twice/,
  ],
  "a missing field": [`${head}  y = unary(x) : f32(shape=[2]) @ "y"\n}`, 3, /field fn is missing/],
  "a field of another kind": [
    `${head}  y = softmax(x, axis=0.5) : f32(shape=[2]) @ "y"\n}`,
    3,
    /expected an integer/,
  ],
  "a type that is not inferred": [
    `${head}  y = unary(x, fn=relu) : f32(shape=[3]) @ "y"\n}`,
    3,
    /the text says/,
  ],
  "an ill-typed node": [`${head}  y = softmax(x, axis=4) : f32(shape=[2]) @ "y"\n}`, 3, /axis 4 is outside/],
  "a node twice": [`${head}${head.split("\n")[1]}\n}`, 3, /node x stands twice/],
  "an unknown weight": [
    `${head}  y = dense(x, weight=w) : f32(shape=[2]) @ "y"\n}`,
    3,
    /there is no weight w/,
  ],
  "weights that do not fill their shape": [
    'tensor "n" {\n  weight w : f64[3] = [1, 2]\n  c = constant(value=w) : f32(shape=[3]) @ "c"\n  output "y" = c\n}',
    2,
    /2 values do not fill/,
  ],
  "an unknown number type": ['tensor "n" {\n  weight w : f7[1] = [1]\n}', 2, /f7 is no number type/],
  "an output of nothing": [`${head}  output "y" = z\n}`, 3, /there is no node z/],
  "a missing origin": [`${head}  y = unary(x, fn=relu) : f32(shape=[2])\n}`, 4, /expected @/],
  "the end of the file": [head, 3, /expected a word/],
  "values nested too deep": [`${head}  y = reshape(x, shape=${"[".repeat(200)}`, 3, /nest deeper than 64/],
};

for (const [title, [text, line, message]] of Object.entries(wrong)) {
  test(`${title}: a text error with its line`, () => {
    const read = (): TensorGraph => {
      const graph = parse(tensorLevel, text);
      for (const w of weightsOf(tensorLevel, graph)) w.stored();
      return graph;
    };
    expect(read).toThrow(message);
    try {
      read();
    } catch (error) {
      expect(error instanceof TextError ? error.line : error).toBe(line);
    }
  });
}

test("a text cut at any place is a text error", () => {
  const text = print(tensorLevel, {
    name: "n",
    inputs: [x],
    outputs: [{ name: "y", value: makeTensor("unary", [x], { fn: { kind: "relu" } }, [named("y")]) }],
  });
  for (let end = 0; end < text.length - 2; end++)
    expect(() => parse(tensorLevel, text.slice(0, end))).toThrow(TextError);
});
