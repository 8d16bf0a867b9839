import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { nodesOf } from "../../compiler/ir/core/index.ts";
import { checkSpk, elaborateSpk } from "../../dsl/index.ts";
import { repoFile } from "../shared-data.ts";
import { memory, tensorsOf } from "./support.ts";

const textOf = (name: string): string => readFileSync(repoFile(`test/fixtures/dsl/tour/${name}.spk`), "utf8");

const codesIn = (name: string): readonly string[] => [
  ...new Set(checkSpk(`${name}.spk`, textOf(name), memory()).map(({ code }) => code)),
];

/** Programs of layers, blocks, loops and neurons alone. */
for (const name of ["01", "05", "06", "07", "08", "09", "11", "12"])
  test(`program ${name} of the tour elaborates as far as no weights are needed`, () => {
    expect(codesIn(name)).toEqual([]);
  });

/** What the others ask for: files and targets that are not here, and what this version does not build. */
const others: Readonly<Record<string, readonly string[]>> = {
  "02": ["file/refused"],
  "03": ["file/refused", "name/target", "recipe/mode"],
  "04": ["name/target"],
  "10": ["name/target"],
};

for (const [name, codes] of Object.entries(others))
  test(`program ${name} of the tour is refused by what this version lacks, and by nothing else`, () => {
    expect([...codesIn(name)].sort()).toEqual([...codes].sort());
  });

test("ResNet-20 of the tour has its layers, its residual adds and its parameters", () => {
  const text = textOf("06").replace('weights "resnet20.onnx" in order', "weights kaiming(seed: 1)");
  const [network] = elaborateSpk("06.spk", text, memory()).networks;
  const graph = tensorsOf(network);
  const nodes = nodesOf(graph);
  const count = (op: string): number => nodes.filter((node) => node.op === op).length;
  // 1 stem, 3 x 3 blocks of two, 2 shortcuts.
  expect(count("conv")).toBe(1 + 18 + 2);
  expect(count("batchNorm")).toBe(1 + 18 + 2);
  expect(count("add")).toBe(9);
  expect(graph.outputs[0]?.value.type.shape).toEqual([10]);
});
