import { expect, test } from "vitest";
import { importNir, type NirArray, type NirNode, writeNir } from "../../../compiler/formats/nir/index.ts";
import type { Shape } from "../../../compiler/ir/index.ts";
import { faultsOf } from "../../rejected.ts";

const rising = (shape: Shape): NirArray => ({ shape, dtype: "f32", data: Float64Array.of(1, 2, 3, 4) });

/** A file of a few kilobytes that gives each of many neurons its own parameters. */
const fileOf = (rows: number): Uint8Array =>
  writeNir({
    nodes: new Map([
      ["input", { type: "Input", name: "input", shape: [rows, 4] }],
      [
        "neuron",
        { type: "IF", name: "neuron", r: rising([4]), vThreshold: rising([4]), vReset: rising([4]) },
      ],
      ["output", { type: "Output", name: "output", shape: [rows, 4] }],
    ]),
    edges: [
      ["input", "neuron"],
      ["neuron", "output"],
    ],
  });

test("parameters that a small file spreads over millions of neurons are refused before memory is taken", () => {
  expect(importNir(fileOf(16), "small.nir").kind).toBe("native");
  const before = process.memoryUsage().arrayBuffers;
  expect(faultsOf(() => importNir(fileOf(2 ** 21), "wide.nir")).map((d) => [d.code, d.why])).toEqual([
    ["nir/too-many-parameters", "they become 25165824 numbers, at most 16777216 are held"],
  ]);
  expect(faultsOf(() => importNir(fileOf(2 ** 22), "wider.nir")).map((d) => d.code)).toContain("nir/shape");
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
});

/** Matrices of `blocks` blocks of one entry, one after the other. */
const blocksFile = (blocks: number, count: number): Uint8Array => {
  const weight: NirArray = { shape: [blocks, 1, 1], dtype: "f32", data: new Float64Array(blocks).fill(1) };
  const nodes: readonly NirNode[] = [
    { type: "Input", name: "input", shape: [blocks, 1] },
    ...Array.from({ length: count }, (_, i): NirNode => ({ type: "Linear", name: `linear${i}`, weight })),
    { type: "Output", name: "output", shape: [blocks, 1] },
  ];
  return writeNir({
    nodes: new Map(nodes.map((node) => [node.name, node])),
    edges: nodes.slice(1).map((node, i) => [nodes[i]?.name ?? "", node.name] as const),
  });
};

test("blocks of a small file that would become large matrices are refused before memory is taken", () => {
  expect(importNir(blocksFile(64, 3), "small.nir").kind).toBe("tensor");
  const before = process.memoryUsage().arrayBuffers;
  expect(faultsOf(() => importNir(blocksFile(2 ** 12, 30), "wide.nir")).map((d) => [d.code, d.why])).toEqual([
    ["nir/too-many-parameters", "they become 503316480 numbers, at most 16777216 are held"],
  ]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
});
