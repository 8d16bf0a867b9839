import { expect, test } from "vitest";
import { blockFaults } from "../../dsl/diagnostics/block.ts";
import { chanceFaults } from "../../dsl/diagnostics/chance.ts";
import { loopFaults } from "../../dsl/diagnostics/loop.ts";
import { parameterFaults } from "../../dsl/diagnostics/parameter.ts";
import { faultsOf } from "./support.ts";

const network = (body: string, input = "[4]", output = "[4]"): string =>
  `network n(x: ${input}) -> y: ${output} {\n  ${body}\n}\n`;

const flow = (stages: string): string => network(`y = x -> ${stages}`);

const block = (stages: string, options = ""): string =>
  `block b(x: [n]${options}) -> y: [n] {\n  y = x -> ${stages}\n}\n`;

const chain = Array.from(
  { length: 150 },
  (_, i) => `block b${i + 1}(x: [n]) -> y: [n] {\n  y = x -> b${i}\n}\n`,
).join("");

/** The least program for each fault of blocks, loops, draws and parameters, and what it says. */
const cases: Readonly<Record<string, readonly [text: string, says: string]>> = {
  "block/missing": [
    block("dense(units)", ", units: int") + flow("b"),
    "`b` needs `units`, a whole number: write `units: 1`",
  ],
  "block/network-only": [
    `block b(x: [n]) -> y: [n] {\n  weights "w.npz"\n  y = x -> relu\n}\n${flow("b")}`,
    "`weights` stands in a block, in `b` used at a.spk:6:12: move it to the network that uses the block",
  ],
  "chance/seed": [
    network("weights kaiming\n  y = x -> dense(4)"),
    "`kaiming` draws weights without a seed: write `kaiming(seed: 1)`",
  ],
  "loop/times": [
    flow("repeat 1 / 2 { relu }"),
    "a loop of 0.5 rounds: the number must be whole, from 0 to 100,000: write another number",
  ],
  "loop/parts": [
    flow("for (a, b) in [(1, 2), 3] { relu }"),
    "`3` has 1 parts, the loop names 2: write as many names as each item has parts",
  ],
  "loop/stages": [
    flow("repeat 60000 { relu -> relu }"),
    "the program has more than 100,000 stages, loops and blocks written out: make the loops shorter, or split the network into files that are compiled alone",
  ],
  "loop/deep": [
    block("relu").replace("block b(", "block b0(") + chain + flow("b150"),
    "more than 256 values, stages and blocks stand inside each other here, in `b23` used at a.spk:74:12: use fewer blocks inside of blocks",
  ],
  "loop/tables": [
    `network n(x: [8, 100000]) -> y: [8, 100000] {\n  y = x -> repeat 3 { upsample(10) -> max_pool(10) }\n}\n`,
    "the delays of synapses and the tables of `lrn` and `upsample` have more than 2,097,152 entries together: use smaller layers there, or one delay for a layer",
  ],
  "loop/circular": [
    block("b") + flow("b"),
    "`b` uses itself: b -> b, in `b` used at a.spk:5:12: write loops with `repeat` or `for`",
  ],
  "loop/shape": [
    network(
      "step 1 ms\n  h = x + (previous(h) -> dense(4)) -> LIF(tau: 20 ms, reset: soft)\n  y = h -> dense(4)",
      "spikes[4]",
      "signal[4]",
    ),
    "the shape of `h` is not known inside its own loop: declare it: `h: spikes[4] = ...`",
  ],
  "parameter/shape": [
    network("param w: [3, 4]\n  y = x -> dense(4, weight: w)"),
    "`w` is [3, 4], `dense1` needs [4, 4]: declare the `param` with that shape",
  ],
  "parameter/transpose": [
    network("param w: [4]\n  y = x -> dense(4, weight: transpose(w))"),
    "`transpose(w)` turns no `param` of two axes: declare one: `param w: [64, 640]`",
  ],
  "parameter/value": [
    flow("dense(4, weight: relu)"),
    "`weight` of `dense` must be the name of a `param`, `stored`, or a way to fill it: use one of zeros, ones, kaiming, xavier, normal, uniform, load",
  ],
  "parameter/shared": [
    network("shared s = relu\n  a = x -> s -> dense(3) -> s\n  y = a -> dense(4)"),
    "`s` reads [3] here, but [4] before: shared stages have one shape: declare a second `shared`, or make both inputs equal",
  ],
  "parameter/sparse": [
    flow("dense(4, sparse: 3)"),
    '`sparse` of `dense` must be random, blocks, mask or a ratio: write for example `random(keep: 10%, seed: 1)`, `blocks(4x4, keep: 25%, seed: 1)`, `mask("f.npz", "name")` or `2:4`',
  ],
  "parameter/arithmetic": [
    network("param a: [4]\n  param b: [4]\n  y = a + b + x"),
    "two tensors of parameters are combined before the data is known: combine each with a tensor of the network",
  ],
  "parameter/ratio": [
    flow("dense(4, sparse: 4:2)"),
    "4 of 2 is no part of a whole: write the smaller number first, for example `2:4`",
  ],
};

const codes = [blockFaults, chanceFaults, loopFaults, parameterFaults].flatMap(({ stage, entries }) =>
  Object.keys(entries).map((name) => `${stage}/${name}`),
);

test("every message of blocks, loops, draws and parameters has a program that provokes it", () => {
  expect(Object.keys(cases).sort()).toEqual([...codes].sort());
});

test("a sum of a loop is proposed as a signal", () => {
  const text = network(
    "step 1 ms\n  h = x + (previous(h) -> dense(4))\n  y = h -> dense(4)",
    "signal[4]",
    "signal[4]",
  );
  expect(faultsOf(text, "a.spk").map(({ fix }) => fix)).toEqual(["declare it: `h: signal[4] = ...`"]);
});

test.each(Object.entries(cases))("%s is what its program says, and nothing else", (code, [text, says]) => {
  const found = faultsOf(text, "a.spk");
  expect(found.map((fault) => [fault.code, `${fault.what}: ${fault.fix}`])).toEqual([[code, says]]);
});
