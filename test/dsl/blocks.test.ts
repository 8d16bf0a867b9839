import { expect, test } from "vitest";
import { nodesOf } from "../../compiler/ir/core/index.ts";
import { codes, elaborate, faultsOf, graphOf, printed, tensorsOf } from "./support.ts";

const network = (body: string, input = "[2, 8, 8]", output = "[4, 8, 8]"): string =>
  `network net(x: ${input}) -> y: ${output} {\n  weights kaiming(seed: 1)\n  ${body}\n}\n`;

/** The structure of a graph: ops and attributes without the names of stages. */
const shape = (text: string): readonly string[] =>
  nodesOf(tensorsOf(elaborate(text).networks[0])).map((node) => `${node.op} ${JSON.stringify(node.type)}`);

test("a block is what its text is where it is used", () => {
  const block =
    "block twice(x: [c, h, w], out: int, act: layer = relu) -> y {\n  y = x -> conv(out, 3x3) -> act -> conv(c, 1x1)\n}\n";
  const used = block + network("y = x -> twice(6, act: tanh) -> conv(4, 3x3)");
  const written = network("y = x -> conv(6, 3x3) -> tanh -> conv(2, 1x1) -> conv(4, 3x3)");
  expect(shape(used)).toEqual(shape(written));
});

test("loops are what they are written out, and rounds have parameters of their own", () => {
  const looped = network(
    "y = x -> repeat 3 { conv(2, 3x3) -> relu } -> for (c, k) in [(3, 1), (4, 3)] { conv(c, 3x3, pad: 1) }",
  );
  const written = network(
    "y = x -> conv(2, 3x3) -> relu -> conv(2, 3x3) -> relu -> conv(2, 3x3) -> relu -> conv(3, 3x3) -> conv(4, 3x3)",
  );
  expect(shape(looped)).toEqual(shape(written));
  const convs = nodesOf(graphOf(looped)).flatMap((node) => (node.op === "conv" ? [node.attrs.weight] : []));
  expect(new Set(convs).size).toBe(convs.length);
  expect(new Set(convs.map((w) => w.hash())).size).toBe(convs.length);
});

test("every use of a shared stage has the same parameters", () => {
  const text = network(
    "shared cell = conv(2, 3x3, bias: none) -> batch_norm\n  y = (x -> cell) + (x -> cell -> cell) -> conv(4, 1x1)",
  );
  const convs = nodesOf(graphOf(text)).flatMap((node) => (node.op === "conv" ? [node.attrs.weight] : []));
  expect(convs).toHaveLength(4);
  expect(new Set(convs).size).toBe(2);
});

test("a choice is made while the program is read", () => {
  const chosen = (c: number): readonly string[] =>
    shape(network(`y = if ${c} == 2 then x -> conv(4, 3x3) else x -> conv(4, 1x1) -> relu`));
  expect(chosen(2)).toEqual(shape(network("y = x -> conv(4, 3x3)")));
  expect(chosen(3)).toEqual(shape(network("y = x -> conv(4, 1x1) -> relu")));
});

test("a size of a block's input hides a network of that name, but an option may not hide a size", () => {
  const named = (block: string, use: string): string =>
    `${block}network n(x: [4]) -> y: [4] {\n  y = x -> ${use}\n}\n`;
  const sized = "block b(x: [n]) -> y: [n] {\n  y = x -> relu\n}\n";
  expect(codes(named(sized, "b"))).toEqual([]);
  const hidden = "block b(x: [n], n: int) -> y {\n  y = x -> relu\n}\n";
  expect(codes(named(hidden, "b(n: 5)"))).toEqual(["name/twice"]);
});

test("shared stages and networks take no options", () => {
  const shared = "shared s = relu\n  y = x -> s(3) -> s(k: 1) -> s() -> conv(4, 1x1)";
  expect(codes(network(shared))).toEqual(["option/position", "option/unknown"]);
  const inner = "network m(x: [2, 8, 8]) -> y: [2, 8, 8] {\n  weights zeros\n  y = x -> depthwise(1x1)\n}\n";
  expect(codes(inner + network("y = x -> m(k: 3) -> conv(4, 1x1)"))).toEqual(["option/unknown"]);
  expect(codes(inner + network("y = x -> m() -> conv(4, 1x1)"))).toEqual([]);
});

test("a block that reads spikes is given neurons, not a read-out", () => {
  const block = "block b(x: spikes[n]) -> y: spikes[n] {\n  y = x -> delay(1 ms)\n}\n";
  const outside = network("step 1 ms\n  y = x -> dense(4) -> b -> read.count", "spikes[4]", "[4]");
  expect(faultsOf(block + outside).map(({ code, fix }) => `${code}: ${fix}`)).toEqual([
    "kind/input: put neurons before it, or declare its input `signal[...]`",
  ]);
});

test("blocks and networks may not use themselves", () => {
  const text = `block a(x: [n]) -> y {\n  y = x -> a\n}\n${network("y = x -> a", "[4]", "[4]")}`;
  expect(codes(text)).toEqual(["loop/circular"]);
});

test("delays stand on streams alone, and blocks of the library that multiply streams are named as not built", () => {
  expect(codes(network("y = x -> flatten -> dense(4, delays: stored)", "[2, 8, 8]", "[4]"))).toEqual([
    "kind/input",
  ]);
  expect(codes("network n(x: signal[4]) -> y: signal[4] {\n  step 1 ms\n  y = x -> gru(4)\n}\n")).toEqual([
    "language/streams",
  ]);
});

test("sizes that no memory holds are refused, and a wide local response reads no further than there are channels", () => {
  expect(codes(network("y = x -> lrn(2000000000) -> conv(4, 3x3)"))).toEqual([]);
  expect(
    codes(network("y = x -> sum_pool(60000x60000, pad: 30000) -> conv(4, 1x1)", "[2, 8, 8]", "[4, 2, 2]")),
  ).toContain("shape/large");
  const near = printed(graphOf(network("y = x -> lrn(9) -> conv(4, 3x3)"))).join("\n");
  expect(near).toContain("resample");
});

test("the line of weights sees the constants of the file", () => {
  const text = `start = 7\n${network("y = x -> conv(4, 3x3)").replace("seed: 1", "seed: start")}`;
  expect(shape(text)).toEqual(shape(network("y = x -> conv(4, 3x3)")));
});
