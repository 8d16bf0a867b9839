import { expect, test } from "vitest";
import {
  fromNative,
  type NirArray,
  type NirNodeOf,
  type NirType,
} from "../../../compiler/formats/nir/index.ts";
import { inferShapes } from "../../../compiler/formats/nir/infer-shapes.ts";
import { floats, type Shape, sizeOf } from "../../../compiler/ir/index.ts";
import { native } from "../../../compiler/native/index.ts";

const { edge, node, nativeNetwork } = native;

const array = (shape: Shape): NirArray => ({
  shape,
  dtype: "f32",
  data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => i + 1),
});

/** All orders of a list. */
const orders = <T>(list: readonly T[]): readonly (readonly T[])[] =>
  list.length <= 1
    ? [list]
    : list.flatMap((first, i) => orders(list.toSpliced(i, 1)).map((rest) => [first, ...rest]));

type Flat = NirNodeOf<Exclude<NirType, "NIRGraph">>;

/** A loop of two nodes that hold one number a column, and a matrix that reads all of their values. */
const nodes: readonly Flat[] = [
  { type: "Input", name: "input", shape: [2, 3] },
  { type: "IF", name: "if", r: array([3]), vThreshold: array([3]), vReset: array([3]) },
  { type: "Scale", name: "scale", scale: array([3]) },
  { type: "Linear", name: "linear", weight: array([4, 6]) },
  { type: "Output", name: "output", shape: [4] },
];

test("what a node takes and gives does not depend on the order of the nodes", () => {
  const edges = [
    ["input", "if"],
    ["if", "scale"],
    ["scale", "if"],
    ["if", "linear"],
    ["linear", "output"],
  ] as const;
  const values = { input: [2, 3], output: [2, 3] };
  const wanted = {
    input: values,
    if: values,
    scale: values,
    linear: { input: [2, 3], output: [4] },
    output: { input: [4], output: [4] },
  };
  const all = orders(nodes);
  expect(all).toHaveLength(120);
  for (const order of all) {
    const graph = { nodes: new Map(order.map((n) => [n.name, n])), edges };
    const { ports, faults } = inferShapes(graph, "any.nir");
    expect(faults).toEqual([]);
    expect(Object.fromEntries([...ports])).toMatchObject(wanted);
  }
});

test("parameters alone decide where nothing comes in", () => {
  const [, lone, scale] = nodes;
  const found = [lone, scale].flatMap((n) => (n === undefined ? [] : [n]));
  const { ports, faults } = inferShapes(
    {
      nodes: new Map(found.map((n) => [n.name, n])),
      edges: [
        ["if", "scale"],
        ["scale", "if"],
      ],
    },
    "loop.nir",
  );
  expect(faults).toEqual([]);
  expect([...ports.values()].map(({ input }) => input)).toEqual([[3], [3]]);
});

test("a matrix that stands before what it reads is written behind a flatten", () => {
  const weight = floats("w", [4, 6], new Float64Array(24).fill(0.5));
  const [image, matrix, output] = [
    node("image", native.input([2, 3])),
    node("matrix", native.affine(weight)),
    node("output", native.output()),
  ];
  const edges = [edge("image", "matrix"), edge("matrix", "output")];
  for (const order of orders([image, matrix, output])) {
    const written = fromNative(nativeNetwork("image", order, edges));
    expect([...written.nodes.values()].filter((n) => n.type === "Flatten").map((n) => n.name)).toEqual([
      "matrix.flatten",
    ]);
  }
});
