import { expect, test } from "vitest";
import { inlineFunctions } from "../../../../compiler/formats/onnx/prepare/index.ts";
import { faultsOf } from "../../../rejected.ts";
import { int, message, text } from "../decode/encode.ts";
import {
  decoded,
  domain,
  fn,
  graph,
  graphAttribute,
  integer,
  modelBytes,
  named,
  node,
  reference,
  show,
  shown,
} from "./models.ts";

const call = (op: string, edges: string, ...more: readonly Uint8Array[]) =>
  node(op, edges, domain("f"), ...more);

const twice = fn({
  name: "twice",
  inputs: "a",
  outputs: "c",
  nodes: [node("Relu", "a > b"), node("Relu", "b > c")],
});

const saidBy = (run: () => unknown): readonly string[] =>
  faultsOf(run).map(({ code, why }) => `${code}: ${why}`);

test("a model without functions stays the object that it is", () => {
  const model = decoded(graph("x", "y", node("Relu", "x > y")));
  expect(inlineFunctions(model)).toBe(model);
});

test("the nodes of a function stand where its call stood, under the call's name", () => {
  const model = decoded(
    graph("x", "z", call("twice", "x > y", named("block")), call("twice", "y > z")),
    twice,
  );
  const inlined = inlineFunctions(model);
  expect(shown(inlined)).toEqual(["Relu x > block/b", "Relu block/b > y", "Relu y > z/b", "Relu z/b > z"]);
  expect(inlined.functions).toEqual([]);
});

test("calls inside functions are expanded, and the names show the way", () => {
  const outer = fn({
    name: "outer",
    inputs: "p",
    outputs: "q",
    nodes: [call("twice", "p > m", named("first")), node("Neg", "m > q", named("last"))],
  });
  const { graph: main } = inlineFunctions(
    decoded(graph("x", "y", call("outer", "x > y", named("net"))), outer, twice),
  );
  expect(main.nodes.map(show)).toEqual(["Relu x > net/first/b", "Relu net/first/b > net/m", "Neg net/m > y"]);
  expect(main.nodes.map(({ name }) => name)).toEqual(["", "", "net/last"]);
});

test("a name that is there already is not made again", () => {
  const model = decoded(
    graph(
      "x",
      "y z",
      node("Neg", "x > block/b"),
      call("twice", "block/b > y", named("block")),
      call("twice", "x > z", named("block")),
    ),
    twice,
  );
  expect(shown(inlineFunctions(model))).toEqual([
    "Neg x > block/b",
    "Relu block/b > ~0~1/b",
    "Relu ~0~1/b > y",
    "Relu x > ~0~2/b",
    "Relu ~0~2/b > z",
  ]);
});

test("attributes of the call reach the nodes; without them the default, or none, does", () => {
  const scaled = fn({
    name: "scaled",
    inputs: "a",
    outputs: "b",
    nodes: [node("Op", "a > b", reference("k", "size"), reference("m", "mode"), integer("fixed", 7))],
    more: [text(6, "mode"), message(11, text(1, "size"), int(3, 3), int(20, 2))],
  });
  const main = graph(
    "x",
    "z",
    call("scaled", "x > y", integer("size", 5), integer("mode", 2), integer("unused", 1)),
    call("scaled", "y > z"),
  );
  expect(shown(inlineFunctions(decoded(main, scaled)))).toEqual([
    "Op x > y k=5 m=2 fixed=7",
    "Op y > z k=3 fixed=7",
  ]);
});

test("an attribute is handed through a call inside a call", () => {
  const inner = fn({
    name: "inner",
    inputs: "a",
    outputs: "b",
    nodes: [node("Op", "a > b", reference("k", "n"))],
  });
  const outer = fn({
    name: "outer",
    inputs: "a",
    outputs: "b",
    nodes: [call("inner", "a > b", reference("n", "size"))],
  });
  const main = graph("x", "y", call("outer", "x > y", integer("size", 9)));
  expect(shown(inlineFunctions(decoded(main, outer, inner)))).toEqual(["Op x > y k=9"]);
});

test("an input that the call leaves out is left out inside", () => {
  const f = fn({ name: "g", inputs: "a bias", outputs: "b", nodes: [node("Op", "a bias > b")] });
  expect(shown(inlineFunctions(decoded(graph("x", "y", call("g", "x > y")), f)))).toEqual(["Op x _ > y"]);
});

test("an output that nobody takes keeps a name of its own", () => {
  const f = fn({ name: "g", inputs: "a", outputs: "b c", nodes: [node("Op", "a > b"), node("Op", "b > c")] });
  expect(shown(inlineFunctions(decoded(graph("x", "y", call("g", "x > _ y")), f)))).toEqual([
    "Op x > y/b",
    "Op y/b > y",
  ]);
});

test("an input handed on, or an output named twice, becomes an Identity", () => {
  const f = fn({ name: "g", inputs: "a", outputs: "a b b", nodes: [node("Op", "a > b")] });
  expect(shown(inlineFunctions(decoded(graph("x", "p q r", call("g", "x > p q r", named("n"))), f)))).toEqual(
    ["Op x > q", "Identity x > p", "Identity q > r"],
  );
});

test("subgraphs of a function see its values, and hide them by their own", () => {
  const branch = graph("", "out", node("Op", "a t > b"), node("Op", "b > out"));
  const f = fn({
    name: "g",
    inputs: "a",
    outputs: "c",
    nodes: [node("Op", "a > t"), node("If", "t > c", graphAttribute("then_branch", branch))],
  });
  const [, found] = inlineFunctions(decoded(graph("x", "y", call("g", "x > y", named("n"))), f)).graph.nodes;
  const then = found?.attributes.get("then_branch");
  if (then?.kind !== "graph") throw new Error("no branch");
  expect(then.value.nodes.map(show)).toEqual(["Op x n/t > n/b", "Op n/b > n/out"]);
  expect(then.value.outputs.map(({ name }) => name)).toEqual(["n/out"]);
});

test("calls inside subgraphs of the main graph are expanded", () => {
  const branch = graph("", "r", call("twice", "x > r"));
  const main = graph("x c", "y", node("If", "c > y", graphAttribute("then_branch", branch)));
  const then = inlineFunctions(decoded(main, twice)).graph.nodes[0]?.attributes.get("then_branch");
  expect(then?.kind === "graph" ? then.value.nodes.map(show) : null).toEqual([
    "Relu x > r/b",
    "Relu r/b > r",
  ]);
});

test("nodes of a function with another opset carry its version", () => {
  const f = fn({ name: "g", inputs: "a", outputs: "b", nodes: [node("Op", "a > b")], opset: 13 });
  const model = decoded(graph("x", "y z", call("g", "x > y"), call("twice", "x > z")), f, twice);
  expect(inlineFunctions(model).graph.nodes.map(({ opset }) => opset)).toEqual([13, undefined, undefined]);
});

test("an operator that is kept stays a node, though there is a function for it", () => {
  const model = decoded(graph("x", "y", call("twice", "x > y")), twice);
  expect(shown(inlineFunctions(model, (d, op) => d === "f" && op === "twice"))).toEqual(["twice x > y"]);
});

test("overloads of one name are told apart", () => {
  const other = fn({
    name: "twice",
    inputs: "a",
    outputs: "b",
    nodes: [node("Neg", "a > b")],
    more: [text(13, "v")],
  });
  const main = graph("x", "y z", call("twice", "x > y", text(8, "v")), call("twice", "x > z"));
  expect(shown(inlineFunctions(decoded(main, twice, other)))).toEqual([
    "Neg x > y",
    "Relu x > z/b",
    "Relu z/b > z",
  ]);
});

test("functions that call each other in a circle are refused with their names", () => {
  const a = fn({ name: "a", inputs: "p", outputs: "q", nodes: [call("b", "p > q")] });
  const b = fn({ name: "b", inputs: "p", outputs: "q", nodes: [call("a", "p > q")] });
  const self = fn({ name: "s", inputs: "p", outputs: "q", nodes: [call("s", "p > q")] });
  const main = (name: string) => graph("x", "y", call(name, "x > y"));
  expect(saidBy(() => inlineFunctions(decoded(main("a"), a, b)))).toEqual([
    'onnx/function-cycle: 2 functions are in it: "a", "b"',
  ]);
  expect(saidBy(() => inlineFunctions(decoded(main("s"), self)))).toEqual([
    'onnx/function-cycle: 1 functions are in it: "s"',
  ]);
});

test("40 functions that call the next twice are refused before they are expanded", () => {
  const chain = Array.from({ length: 40 }, (_, i) =>
    fn({
      name: `f${i}`,
      inputs: "a",
      outputs: "c",
      nodes: i === 39 ? [node("Relu", "a > c")] : [call(`f${i + 1}`, "a > b"), call(`f${i + 1}`, "b > c")],
    }),
  );
  const model = decoded(graph("x", "y", call("f0", "x > y")), ...chain);
  const before = process.cpuUsage().user;
  const [first = ""] = saidBy(() => inlineFunctions(model));
  expect(first).toMatch(
    /^onnx\/limit: \d+ nodes after local functions are inlined were found, the limit is 262144$/,
  );
  expect(process.cpuUsage().user - before).toBeLessThan(1_000_000);
});

test("a chain of 65 calls inside each other is refused, one of 64 is expanded", () => {
  const chain = (length: number) =>
    decoded(
      graph("x", "y", call("f0", "x > y")),
      ...Array.from({ length }, (_, i) =>
        fn({
          name: `f${i}`,
          inputs: "a",
          outputs: "b",
          nodes: [i === length - 1 ? node("Relu", "a > b") : call(`f${i + 1}`, "a > b")],
        }),
      ),
    );
  expect(shown(inlineFunctions(chain(64)))).toEqual(["Relu x > y"]);
  expect(saidBy(() => inlineFunctions(chain(65)))[0]).toMatch(/^onnx\/limit: 65 local functions called/);
});

test("10,000 functions in a chain are refused without using up the stack", () => {
  const chain = Array.from({ length: 10_000 }, (_, i) =>
    fn({ name: `f${i}`, inputs: "a", outputs: "b", nodes: [call(`f${i + 1}`, "a > b")] }),
  );
  const model = decoded(graph("x", "y", call("f0", "x > y")), ...chain);
  expect(saidBy(() => inlineFunctions(model))[0]).toMatch(/^onnx\/limit/);
});

test("subgraphs deeper than 8 after inlining are refused", () => {
  const wrap = (next: string) => (i: number) =>
    fn({
      name: `f${i}`,
      inputs: "a",
      outputs: "b",
      nodes: [node("If", "a > b", graphAttribute("then_branch", graph("", "r", call(next, "a > r"))))],
    });
  const chain = Array.from({ length: 9 }, (_, i) => wrap(i === 8 ? "twice" : `f${i + 1}`)(i));
  const model = decoded(graph("x", "y", call("f0", "x > y")), ...chain, twice);
  expect(saidBy(() => inlineFunctions(model))).toEqual([
    "onnx/limit: 9 subgraphs inside each other after local functions are inlined were found, the limit is 8",
  ]);
});

test("every wrong call is told at once", () => {
  const bad = graph(
    "x",
    "y z",
    call("twice", "x x > y", named("many")),
    call("twice", "x > z w", named("out")),
    call("twice", "x > v", named("graph"), graphAttribute("body", graph("", ""))),
    node("Relu", "x > u", reference("k", "size")),
  );
  expect(saidBy(() => inlineFunctions(decoded(bad, twice, twice)))).toEqual([
    'onnx/attribute: it refers to "size" of a call, outside of a local function',
    "onnx/duplicate-function: 2 functions have this name, domain and overload",
    "onnx/input-count: it takes 0 to 1",
    "onnx/unsupported-form: it has 2 outputs, the local function has 1",
    "onnx/attribute: a graph cannot be given to a local function",
  ]);
});

test("a quarter of a million nodes come out of 500 calls", () => {
  const body = Array.from({ length: 500 }, (_, i) => node("Relu", `v${i} > v${i + 1}`));
  const f = fn({ name: "g", inputs: "v0", outputs: "v500", nodes: body });
  const calls = Array.from({ length: 500 }, (_, i) => call("g", `x${i} > x${i + 1}`, named(`block${i}`)));
  const { graph: main } = inlineFunctions(decoded(graph("x0", "x500", ...calls), f));
  expect(main.nodes.length).toBe(250_000);
  expect(main.nodes.slice(499, 501).map(show)).toEqual(["Relu block0/v499 > x1", "Relu x1 > block1/v1"]);
});

test("names of a megabyte do not multiply", () => {
  const long = "n".repeat(2 ** 20);
  const f = fn({
    name: "g",
    inputs: "a",
    outputs: "c",
    nodes: [node("Relu", `a > ${long}`), node("Relu", `${long} > c`)],
  });
  const calls = Array.from({ length: 100 }, (_, i) => call("g", `x${i} > x${i + 1}`, named(long)));
  const model = decoded(graph("x0", "x100", ...calls), f);
  expect(saidBy(() => inlineFunctions(model))[0]).toMatch(/^onnx\/limit: \d+ characters in names/);
  expect(modelBytes(graph("", "")).length).toBeLessThan(100);
});
