import { expect, test } from "vitest";
import { named } from "../../../compiler/diagnostics/index.ts";
import {
  fold,
  IllTyped,
  item,
  nodesOf,
  perGraph,
  rewrite,
  SchemaError,
  transform,
  usesOf,
  withInputs,
} from "../../../compiler/ir/core/index.ts";
import {
  type Integer,
  type IntegerNode,
  integerLevel,
  makeInteger,
} from "../../../compiler/ir/integer/index.ts";
import {
  makeTensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
} from "../../../compiler/ir/tensor/index.ts";

const x = makeTensor("input", [], { name: "x", shape: [2] }, [named("x")]);
const relu = (from: TensorNode, name: string): TensorNode =>
  makeTensor("unary", [from], { fn: { kind: "relu" } }, [named(name)]);
const graphOf = (value: TensorNode): TensorGraph => ({
  name: "n",
  inputs: [x],
  outputs: [{ name: "y", value }],
});
const namesOf = (graph: TensorGraph): readonly string[] =>
  nodesOf(graph).map((node) => item(node.origins, 0).name);

test("a builder fills left-out attributes and infers the type", () => {
  const pool = makeTensor("maxPool", [makeTensor("input", [], { name: "x", shape: [2, 5] })], {
    kernel: [2],
  });
  expect(pool.attrs).toEqual({ kernel: [2], strides: [], dilations: [], pads: [], ceil: false });
  expect(pool.type).toEqual({ dtype: "f32", shape: [2, 4] });
});

test("a builder names every attribute that does not fit", () => {
  const extra: { axis: number; also: number } = { axis: 0.5, also: 1 };
  expect(() => makeTensor("softmax", [x], extra)).toThrow(SchemaError);
  expect(() => makeTensor("softmax", [x], extra)).toThrow("axis must be an integer; also is no attribute");
});

test("nodes stand in topological order, inputs first, in an order of structure alone", () => {
  const a = relu(x, "a");
  const b = relu(a, "b");
  const sum = makeTensor("add", [b, a], {}, [named("sum")]);
  expect(namesOf(graphOf(sum))).toEqual(["x", "a", "b", "sum"]);
  const swapped = makeTensor("add", [a, b], {}, [named("sum")]);
  expect(namesOf(graphOf(swapped))).toEqual(["x", "a", "b", "sum"]);
  expect(namesOf({ name: "n", inputs: [], outputs: [{ name: "y", value: sum }] })).toEqual([
    "x",
    "a",
    "b",
    "sum",
  ]);
});

test("uses count every operand and every output", () => {
  const a = relu(x, "a");
  const sum = makeTensor("add", [a, a], {}, [named("sum")]);
  const uses = usesOf({
    name: "n",
    inputs: [x],
    outputs: [sum, a].map((value, i) => ({ name: `y${i}`, value })),
  });
  expect([x, a, sum, relu(x, "other")].map(uses)).toEqual([1, 3, 1, 0]);
});

test("a graph of 20,000 nodes in a row is walked without recursion", () => {
  let value: TensorNode = x;
  for (let i = 0; i < 20_000; i++) value = relu(value, "r");
  expect(nodesOf(graphOf(value))).toHaveLength(20_001);
  expect(
    rewrite(tensorLevel, graphOf(value), { unary: ({ inputs: [from] }) => from }).outputs[0]?.value,
  ).toBe(x);
});

test("a fold visits every node once", () => {
  const start: IntegerNode = makeInteger("input", [], { name: "x", shape: [1], scale: [1], low: 0, high: 3 });
  let value: IntegerNode = start;
  for (let i = 0; i < 60; i++) value = makeInteger("add", [value, value], {});
  let visits = 0;
  const count = (): number => ++visits;
  const doubled = (
    node: { readonly inputs: readonly IntegerNode[] },
    of: (input: IntegerNode) => number,
  ): number => {
    count();
    return node.inputs.reduce((sum, input) => sum + of(input), 0);
  };
  const paths = fold<Integer, number>({
    input: () => 1,
    linear: doubled,
    add: doubled,
    neuron: doubled,
    maxPool: doubled,
    concat: doubled,
  });
  expect([paths(value), paths(value), visits]).toEqual([2 ** 60, 2 ** 60, 60]);
});

test("a rewrite that changes nothing gives back the graph itself", () => {
  const graph = graphOf(relu(relu(x, "a"), "b"));
  expect(rewrite(tensorLevel, graph, { unary: () => null })).toBe(graph);
  expect(transform(tensorLevel, graph, () => null)).toBe(graph);
});

test("a rewrite leaves untouched nodes alone and gives new ones the old origins", () => {
  const a = relu(x, "a");
  const b = makeTensor("unary", [a], { fn: { kind: "tanh" } }, [named("b")]);
  const c = relu(b, "c");
  const graph = rewrite(tensorLevel, graphOf(c), {
    unary: ({ inputs, attrs }, { make }) =>
      attrs.fn.kind === "tanh" ? make("unary", inputs, { fn: { kind: "sigmoid" } }) : null,
  });
  const [, first, second, third] = nodesOf(graph);
  expect(first).toBe(a);
  expect(namesOf(graph)).toEqual(["x", "a", "b", "c"]);
  expect([second?.attrs, third === c]).toEqual([{ fn: { kind: "sigmoid" } }, false]);
});

test("a rule sees how often a value was used in the old graph", () => {
  const a = relu(x, "a");
  const sum = makeTensor("add", [relu(a, "b"), a], {}, [named("sum")]);
  const seen: number[] = [];
  rewrite(tensorLevel, graphOf(sum), {
    unary: ({ inputs: [from] }, { uses }) => {
      seen.push(uses(from));
      return null;
    },
  });
  expect(seen).toEqual([1, 2]);
});

test("a node on the same inputs stays itself, on others its type is inferred again", () => {
  const a = relu(x, "a");
  expect(withInputs(tensorLevel, a, [x])).toBe(a);
  const wide = makeTensor("input", [], { name: "w", shape: [7] });
  expect(withInputs(tensorLevel, a, [wide]).type.shape).toEqual([7]);
  const pool = makeTensor("softmax", [makeTensor("input", [], { name: "m", shape: [2, 2] })], { axis: 1 });
  expect(() => withInputs(tensorLevel, pool, [wide])).toThrow(IllTyped);
});

test("an analysis runs once a graph", () => {
  let runs = 0;
  const size = perGraph((graph: TensorGraph) => {
    runs++;
    return nodesOf(graph).length;
  });
  const graph = graphOf(relu(x, "a"));
  expect([size(graph), size(graph), runs]).toEqual([2, 2, 1]);
});

test("the integer level has no op that its table lacks", () => {
  expect(Object.keys(integerLevel.typeOf)).toEqual(Object.keys(integerLevel.ops));
  expect(Object.keys(tensorLevel.typeOf)).toEqual(Object.keys(tensorLevel.ops));
});
