import { expect, test } from "vitest";
import { type NativeNetwork, native } from "../../../compiler/native/index.ts";
import { codes, messages } from "../support.ts";
import { chainOf, fromNir, inOrder, lifs, network, one, plainLif, square } from "./small.ts";

/** Where a program and a NIR file part. */
const parting: readonly (readonly [string, NativeNetwork, string])[] = [
  [
    `dense(3, bias: none) -> ${plainLif}`,
    lifs(1),
    "`dense1` (line 4) is dense [3, 4], there it is dense [4, 4] (n1)",
  ],
  ["dense(4, bias: none) -> IF(reset: soft)", lifs(1), "`IF1` (line 4) is IF, there it is LIF (n2)"],
  [
    "dense(4, bias: none) -> threshold(1)",
    lifs(1),
    "`threshold1` (line 4) is threshold, there it is LIF (n2)",
  ],
  [`dense(4) -> ${plainLif}`, lifs(1), "`dense1` (line 4) has a bias, there it has none: write `bias: none`"],
  [
    `dense(4, bias: none) -> ${plainLif}`,
    lifs(0.5),
    "`LIF1` (line 4) has v_threshold 1, there it is 0.5: write `v_threshold: stored`",
  ],
  [
    "threshold(1)",
    chainOf(native.input([5]), native.threshold(one(1)), native.output()),
    "the network reads [4] and has 1 outputs, there it reads [5] and has 1 outputs",
  ],
];

for (const [stages, model, says] of parting)
  test(`${stages} is refused where it parts from its file`, () => {
    expect(
      messages(inOrder(stages, stages.startsWith("dense(3") ? "[3]" : "[4]"), "snn.spk", fromNir(model)),
    ).toContain(says);
  });

test("two equal branches of a file need names", () => {
  const lif = native.leakyIntegrateAndFire(one(0.02), { shape: [4], threshold: one(1) });
  const model = native.nativeNetwork(
    "file",
    [
      native.node("in", native.input([4])),
      native.node("a", native.affine(square)),
      native.node("b", native.affine(square)),
      native.node("lif", lif),
      native.node("out", native.output()),
    ],
    [...native.path("in", "a", "lif", "out"), ...native.path("in", "b", "lif")],
  );
  const text = network(
    `weights "w.nir" in order\n  a = x -> dense(4, bias: none)\n  b = x -> dense(4, bias: none)\n  y = a + b -> ${plainLif} -> read.count`,
  );
  expect(messages(text, "snn.spk", fromNir(model))).toContain("`a` (line 4) fits 2 nodes of w.nir: a, b");
});

/** Layers of nodes that only pass on, each reads all of the layer before it. */
const passing = (layers: number, width: number): NativeNetwork => {
  const names = Array.from({ length: layers }, (_, i) =>
    Array.from({ length: width }, (_, k) => `pass${i}.${k}`),
  );
  const rows = [["in"], ...names, ["spike"], ["out"]];
  return native.nativeNetwork(
    "file",
    [
      native.node("in", native.input([4])),
      ...names.flat().map((name) => native.node(name, native.flatten())),
      native.node("spike", native.threshold(one(1))),
      native.node("out", native.output()),
    ],
    rows
      .slice(1)
      .flatMap((row, i) => row.flatMap((to) => (rows[i] ?? []).map((from) => native.edge(from, to)))),
  );
};

test("many nodes of a file that only pass on are walked once each", () => {
  expect(codes(inOrder("threshold(1)"), fromNir(passing(20_000, 1)))).toEqual([]);
  expect(messages(inOrder("threshold(1)"), "snn.spk", fromNir(passing(40, 2)))).toContain(
    `\`threshold1\` (line 4) reads in, there it reads in ${2 ** 40} times`,
  );
});

test("a file that goes on behind the network is refused", () => {
  expect(
    messages(inOrder("dense(4, bias: none)").replace("read.count", "read.mean"), "snn.spk", fromNir(lifs(1))),
  ).toContain("the network ends, there it goes on with LIF (n2)");
});
