import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromNative, importNir, readNir, writeNir } from "../../../compiler/formats/nir/index.ts";
import { floats, type Shape, sizeOf, type Weight } from "../../../compiler/ir/index.ts";
import { lowerNative, type NativeNetwork, native } from "../../../compiler/native/index.ts";
import { readFileBounded } from "../../../runtime/files/index.ts";
import { denseStream, openStreams } from "../../../runtime/spiking/index.ts";
import { codesOf } from "../../rejected.ts";
import { sharedData } from "../../shared-data.ts";

const { edge, node, nativeNetwork, path } = native;

/** Eighths, which single precision holds. */
const weight = (shape: Shape, seed: number): Weight =>
  floats(
    "w",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7 + seed * 3) % 16) / 8 - 0.875),
  );

const positive = (count: number, least: number): Weight =>
  floats(
    "p",
    [count],
    Float64Array.from({ length: count }, (_, i) => least * (i + 1)),
  );

const nirGraph = (network: NativeNetwork, dt: number | null = null) => {
  const { nodes, edges } = fromNative(network, dt);
  return { nodes, edges };
};

const again = (network: NativeNetwork): NativeNetwork => {
  const imported = importNir(writeNir(nirGraph(network)), "again.nir");
  if (imported.kind !== "native") throw new Error("the dynamics are gone");
  return imported.network;
};

const steps = 12;

const outputOf = (network: NativeNetwork, shape: Shape): readonly number[] => {
  const { network: lowered } = lowerNative(network, { profile: "euler", dt: 0.125, reset: "hard" });
  const data = Float64Array.from({ length: steps * sizeOf(shape) }, (_, i) => (i % 5 === 0 ? 1 : 0.25));
  const run = openStreams(lowered).run(new Map([["input", denseStream({ shape: [steps, ...shape], data })]]));
  return [...run.outputs.values()].flatMap(({ data: values }) => [...values]);
};

/** Shapes in which one entry a channel could be taken for one a column. */
const maps: readonly Shape[] = [
  [3, 4, 3],
  [2, 4, 4],
];

test("a network of maps runs alike before and after a file, with one parameter a channel", () => {
  for (const shape of maps) {
    const channels = shape[0] ?? 1;
    const network = nativeNetwork(
      "maps",
      [
        node("input", native.input(shape)),
        node("scale", native.scale(positive(channels, 0.5))),
        node(
          "conv",
          native.conv(weight([channels, channels, 3, 3], 1), {
            pads: [
              [1, 1],
              [1, 1],
            ],
            space: shape.slice(1),
          }),
        ),
        node(
          "lif",
          native.leakyIntegrateAndFire(positive(channels, 0.25), {
            threshold: positive(channels, 0.25),
            shape,
          }),
        ),
        node("late", native.delay(positive(channels, 0.125), "seconds")),
        node("pool", native.sumPool([2, 2], { strides: [2, 2] })),
        node("gate", native.threshold(positive(channels, 0.5))),
        node("flat", native.flatten()),
        node(
          "fc",
          native.affine(weight([2, channels * 2 * Math.floor((shape[2] ?? 1) / 2)], 2), weight([2], 3)),
        ),
        node("out", native.integrateAndFire({ threshold: positive(1, 0.5) })),
        node("output", native.output()),
      ],
      path("input", "scale", "conv", "lif", "late", "pool", "gate", "flat", "fc", "out", "output"),
    );
    const wanted = outputOf(network, shape);
    expect(outputOf(again(network), shape)).toEqual(wanted);
    expect(wanted.some((x) => x !== wanted[0]) || wanted.some((x) => x > 0)).toBe(true);
  }
});

test("every neuron runs alike before and after a file, in a loop and behind a join", () => {
  const one = (value: number) => floats("p", [1], Float64Array.of(value));
  const neurons = [
    native.integrator({ r: one(0.5) }),
    native.leakyIntegrator(one(0.5), { vLeak: one(0.25) }),
    native.integrateAndFire({ threshold: one(0.5) }),
    native.leakyIntegrateAndFire(one(0.5), { threshold: one(0.25), r: one(2) }),
    native.currentLeakyIntegrator(one(0.5), one(0.25)),
    native.currentLeakyIntegrateAndFire(one(0.5), one(0.25), { threshold: one(0.125), wIn: one(4) }),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...neurons), fc.nat(99), (neuron, seed) => {
      const network = nativeNetwork(
        "loop",
        [
          node("input", native.input([3])),
          node("fc", native.affine(weight([3, 3], seed))),
          node("sum", native.join()),
          node("cell", neuron),
          node("back", native.affine(weight([3, 3], seed + 1))),
          node("output", native.output()),
        ],
        [...path("input", "fc", "sum", "cell", "output"), edge("cell", "back"), edge("back", "sum")],
      );
      expect(outputOf(again(network), [3])).toEqual(outputOf(network, [3]));
    }),
    { numRuns: 40, seed: 5 },
  );
});

test("the same network gives the same bytes", () => {
  const network = nativeNetwork(
    "small",
    [node("input", native.input([2])), node("cell", native.integrator()), node("output", native.output())],
    path("input", "cell", "output"),
  );
  const metadata = new Map<string, string | number>([["dt", 0.001]]);
  expect(writeNir(nirGraph(network), metadata)).toEqual(writeNir(nirGraph(network), metadata));
});

const folder = sharedData("nir");
const files = folder === null ? [] : readdirSync(folder).filter((name) => name.endsWith(".nir"));

for (const name of files)
  test(`${name} loads, or is refused where an edge names a node that is not there`, () => {
    const bytes = readFileBounded(join(folder ?? "", name));
    const codes = codesOf(() => importNir(bytes, name));
    expect(codes.filter((code) => code !== "nir/no-such-node")).toEqual([]);
    expect(codes.length > 0).toBe(name.endsWith("_subgraph.nir"));
    if (codes.length > 0) return;
    // What is written is single precision, and stays as it is from then on.
    const written = writeNir(readNir(bytes, name).graph);
    expect(writeNir(readNir(written, name).graph)).toEqual(written);
  });
