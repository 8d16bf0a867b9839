import { expect, test } from "vitest";
import { nir } from "../../../backends/nir/index.ts";
import { importNir, readNir } from "../../../compiler/formats/nir/index.ts";
import { floats, integers, membraneOf, type Shape, sizeOf, toZero } from "../../../compiler/ir/index.ts";
import { type NativeNetwork, type NativeOp, native } from "../../../compiler/native/index.ts";
import { compileNative, nativeFiles } from "../../../compiler/pipeline/index.ts";
import { chooseMode } from "../../../compiler/pipeline/target-stage.ts";
import { codesOf } from "../../rejected.ts";

const one = (value: number) => floats("p", [1], Float64Array.of(value));

const filled = (shape: Shape) =>
  floats(
    "w",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => (i % 5) / 8 - 0.25),
  );

const chain = (...ops: readonly (readonly [string, NativeOp])[]): NativeNetwork =>
  native.nativeNetwork(
    "chain",
    ops.map(([name, op]) => native.node(name, op)),
    native.path(...ops.map(([name]) => name)),
  );

const lif = native.leakyIntegrateAndFire(one(2e-3), { threshold: one(0.5), reset: "hard" });

const network = chain(
  ["input", native.input([2, 6, 6])],
  [
    "conv",
    native.conv(filled([3, 2, 3, 3]), {
      pads: [
        [1, 1],
        [1, 1],
      ],
      bias: filled([3]),
    }),
  ],
  ["lif", lif],
  ["dense", native.affine(filled([4, 108]))],
  ["out", native.currentLeakyIntegrateAndFire(one(1e-3), one(2e-3), { threshold: one(0.25), reset: "hard" })],
  ["output", native.output()],
);

const compiled = (given: NativeNetwork, reset: "hard" | "soft" | null = null) =>
  compileNative({
    name: given.name,
    sha256: "0".repeat(64),
    network: given,
    backends: [nir],
    preparation: { scale: 1, offset: 0 },
    options: { profile: "norse", dt: 1e-4, reset, steps: 10 },
  });

const filesOf = (given: NativeNetwork): ReadonlyMap<string, Uint8Array> =>
  new Map(
    nativeFiles(compiled(given)).flatMap(({ path, bytes }): readonly (readonly [string, Uint8Array])[] =>
      path.startsWith("nir/") ? [[path.slice(4), new Uint8Array(Buffer.concat([...bytes()]))]] : [],
    ),
  );

const parameterOf = (given: NativeNetwork, name: string) => {
  const op = given.nodes.find((node) => node.name === name)?.op;
  if (op?.kind !== "neuron") throw new Error(`${name} is no neuron`);
  return op.parameters;
};

test("a build holds the network in time constants and voltages, and passes its own check", () => {
  const files = filesOf(network);
  expect(nir.validate(files)).toEqual([]);
  const imported = importNir(files.get("network.nir") ?? new Uint8Array(), "network.nir");
  if (imported.kind !== "native") throw new Error("nothing spikes");
  const { tauSyn, tauMem, threshold } = parameterOf(imported.network, "out");
  expect([tauSyn, tauMem, threshold].map((p) => p?.stored()[0])).toEqual([1e-3, 2e-3, 0.25].map(Math.fround));
  expect(imported.network.nodes.map((node) => node.name)).toContain("dense.flatten");
});

test("the same network gives the same bytes", () => {
  expect(filesOf(network).get("network.nir")).toEqual(filesOf(network).get("network.nir"));
});

test("a build from which a file is gone, or in which one is cut, is refused", () => {
  const files = new Map(filesOf(network));
  const whole = files.get("network.nir") ?? new Uint8Array();
  files.set("network.nir", whole.subarray(0, whole.length / 2));
  expect(nir.validate(files).map((d) => d.code)).toEqual(["h5/truncated"]);
  files.delete("network.nir");
  expect(nir.validate(files).map((d) => d.code)).toEqual(["nir-target/missing"]);
});

const said = (given: NativeNetwork, reset: "hard" | "soft" | null = null): readonly string[] =>
  compiled(given, reset).notes.map((d) => `${d.code}: ${d.what}`);

test("what the file does not say is told", () => {
  const open = chain(
    ["input", native.input([4], { kind: "rate", peak: 100, time: 1e-3, seed: 1 })],
    ["neuron", native.integrateAndFire({ threshold: one(1) })],
    ["output", native.output("firstSpike")],
  );
  expect(said(open, "soft")).toEqual([
    "nir-target/left-out: the NIR file does not say the soft reset",
    "nir-target/left-out: the NIR file does not say how values become spikes",
    "nir-target/left-out: the NIR file does not say what is read at the end",
  ]);
  expect(said(network)).toEqual([]);
});

test("convolutions of which the reference package reckons other shapes are told", () => {
  const odd = chain(
    ["input", native.input([2, 6, 6])],
    ["conv", native.conv(filled([2, 2, 3, 1]))],
    ["first", lif],
    ["grouped", native.conv(filled([2, 1, 2, 2]), { groups: 2 })],
    ["second", lif],
    ["output", native.output()],
  );
  expect(compiled(odd).notes.map((d) => d.why)).toEqual([
    "it reckons wrongly with a kernel of 3 x 1 of conv (nir 1.0.8: nir/ir/conv.py)",
    "it reckons wrongly with 2 groups of grouped (nir 1.0.8: nir/ir/conv.py)",
  ]);
});

test("neurons that NIR does not have are refused, all at once", () => {
  const adaptive = native.leakyIntegrateAndFire(one(2e-3), {
    threshold: one(1),
    reset: "hard",
    adaptation: { tau: one(1e-2), beta: one(0.1) },
  });
  const tired = native.leakyIntegrateAndFire(one(2e-3), {
    threshold: one(1),
    reset: "hard",
    refractory: 2e-4,
  });
  const refused = chain(
    ["input", native.input([4])],
    ["adaptive", adaptive],
    ["tired", tired],
    ["output", native.output()],
  );
  expect(codesOf(() => compiled(refused))).toEqual(["nir/no-inverse", "nir/no-inverse"]);
});

test("the metadata hold the step, the dynamics and the reset", () => {
  const bytes = filesOf(network).get("network.nir") ?? new Uint8Array();
  expect(readNir(bytes, "network.nir").graph.nodes.size).toBe(7);
  const text = Buffer.from(bytes).toString("latin1");
  for (const word of ["metadata", "dynamics", "norse", "reset", "hard"]) expect(text).toContain(word);
});

test("cells of a chip have no time constants", () => {
  const model = membraneOf({
    decay: one(0.5),
    threshold: integers("t", [1], Float64Array.of(64)),
    comparator: "above",
    reset: toZero,
  });
  const cells = chain(
    ["input", native.input([2])],
    ["cell", native.cell(model)],
    ["output", native.output()],
  );
  const read = { profile: "loihi", dt: null, reset: "hard" } as const;
  expect(codesOf(() => nir.exchange?.(cells, read))).toEqual(["nir/no-inverse"]);
});

test("a function of its input is refused: the target is for networks that spike by themselves", () => {
  expect(codesOf(() => chooseMode(nir.target, "auto"))).toEqual(["build/functions-not-offered"]);
});
