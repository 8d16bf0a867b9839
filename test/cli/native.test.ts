import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { documents } from "../../compiler/cli/documents.ts";
import { native } from "../../compiler/native/index.ts";
import { matrix } from "../native/support.ts";
import {
  spikes,
  steps,
  streamData,
  twoNeurons,
  writeArray,
  writeArrays,
  writeModel,
} from "./native-files.ts";
import { cli, type Ran } from "./run-cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-native-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const at = (name: string): string => join(scratch, name);
const model = writeModel(scratch, "two.nir", twoNeurons());
const dynamics = ["--dynamics", "norse", "--dt", "1e-3", "--reset", "hard"];
const streams = writeArray(scratch, "streams.npy", [2, steps, 3], streamData);
const labels = writeArray(scratch, "labels.npy", [2], [0, 1]);

const compile = (folder: string, ...more: readonly string[]): Ran =>
  cli(["compile", model, "-o", at(folder), ...more]);
const run = (folder: string, data: string, ...more: readonly string[]): Ran =>
  cli(["run", at(folder), "--data", data, ...more, "--json"]);

const runDocument = (ran: Ran) => {
  expect(ran.code, ran.stderr).toBe(0);
  const { seconds: _, ...document } = documents.run.parse(JSON.parse(ran.stdout));
  return document;
};

const errorCodes = (ran: Ran): readonly string[] => {
  expect([ran.code, ran.stderr]).toEqual([2, expect.any(String)]);
  return documents.error.parse(JSON.parse(ran.stdout)).errors.map((e) => e.code);
};

const hashes = (folder: string): string => readFileSync(join(at(folder), "manifest.json"), "utf8");

test("a .nir file compiles, with a document of the schema and no note when all is said", () => {
  const ran = compile("build", ...dynamics, "--verify", "--json");
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  const document = documents.compile.parse(JSON.parse(ran.stdout));
  expect(document.inputs).toEqual([{ name: "input", shape: [3] }]);
  expect(document.outputs).toEqual([{ name: "output", shape: [2] }]);
  const [target] = document.targets;
  expect(target).toMatchObject({ name: "simulator", mode: "native", cores: 1, steps: 0, spikeBound: null });
  expect(document.certificate.obligations).toEqual({ proved: 0, checked: 1, tested: 0, assumed: 1 });
});

test("a second compile gives the same bytes", () => {
  expect(compile("again", ...dynamics).code).toBe(0);
  expect(hashes("again")).toBe(hashes("build"));
});

test("without flags it compiles by the conventions of a profile, each said in a note", () => {
  const ran = compile("assumed");
  expect(ran.code).toBe(0);
  for (const code of ["build/dynamics-assumed", "native/dt-assumed", "native/reset-assumed"])
    expect(ran.stderr).toContain(`note[${code}]`);
});

test("streams are counted, classed and compared with the program on cores spike by spike", () => {
  const document = runDocument(run("build", streams, "--labels", labels, "--compare", "machine"));
  expect(document.samples).toBe(2);
  expect(document.levels).toEqual({ spiking: { correct: 2 }, machine: { correct: 2 } });
  expect(document.equality).toMatchObject({
    against: "machine",
    samples: 2,
    mismatchedNeurons: 0,
    neurons: 4,
  });
  expect(document.cost.steps).toBe(steps);
  expect(document.cost.spikes).toBeGreaterThan(1);
  // Every input spike walks the synapses of its row: 2, 2 and 1; no neuron has any.
  const walked = [0, 1].reduce(
    (sum, s) =>
      sum +
      Array.from({ length: steps }, (_, t) => spikes(t)[s] ?? []).reduce(
        (n, [a = 0, b = 0, c = 0]) => n + 2 * a + 2 * b + c,
        0,
      ),
    0,
  );
  expect(document.cost.synapticOperations).toBe(walked / 2);
});

test("lists of recorded spikes run as the same streams written out", () => {
  const events = streamData.flatMap((x, i) => (x === 0 ? [] : [i]));
  const recorded = writeArrays(scratch, "recorded.npz", {
    sample: events.map((i) => Math.floor(i / (3 * steps))),
    step: events.map((i) => Math.floor(i / 3) % steps),
    element: events.map((i) => i % 3),
  });
  const wanted = runDocument(run("build", streams, "--labels", labels));
  expect(runDocument(run("build", recorded, "--labels", labels))).toEqual(wanted);
});

test("values of single samples become streams by --encode", () => {
  expect(compile("rate", ...dynamics, "--encode", "rate", "--steps", "200").code).toBe(0);
  const values = writeArray(scratch, "values.npy", [2, 3], [200, 0, 0, 0, 200, 200]);
  const ran = run("rate", values, "--labels", labels, "--input-scale", "0.005");
  expect(runDocument(ran)).toMatchObject({ levels: { spiking: { correct: 2 } }, cost: { steps: 200 } });
  const half = runDocument(run("rate", values, "--input-scale", "0.0025")).cost.synapticOperations;
  expect(half).toBeGreaterThan(0.4 * 200 * 2);
  expect(half).toBeLessThan(0.6 * 200 * 2.5);
});

/** One event of a `.bs2` file: 5 bytes. */
const event = (x: number, y: number, polarity: number, microseconds: number): readonly number[] => [
  x,
  y,
  (polarity << 7) | (microseconds >> 16),
  (microseconds >> 8) & 255,
  microseconds & 255,
];

test("event recordings are binned into the steps of the build, with the classes of their list", () => {
  const image = writeModel(scratch, "image.nir", twoNeurons([1, 1, 3]));
  expect(cli(["compile", image, "-o", at("image"), ...dynamics]).code).toBe(0);
  [0, 1].forEach((sample) => {
    const bytes = Array.from({ length: steps }, (_, t) =>
      (spikes(t)[sample] ?? []).flatMap((x, e) => (x === 1 ? event(e, 0, t % 2, 1000 * t + 7) : [])),
    ).flat();
    writeFileSync(at(`${sample}.bs2`), Uint8Array.from(bytes));
  });
  writeFileSync(at("list.txt"), "0 0\n1 1\n");
  const wanted = runDocument(run("build", streams, "--labels", labels));
  expect(runDocument(run("image", at("list.txt")))).toEqual(wanted);
  expect(errorCodes(run("build", at("list.txt")))).toEqual(["cli/recording-shape"]);
});

test("recordings need a step in seconds", () => {
  const { nativeNetwork, node, path, integrateAndFire, input, output } = native;
  const network = nativeNetwork(
    "untimed",
    [
      node("input", input([1, 1, 3])),
      node("if", integrateAndFire({ threshold: matrix([[1, 1, 1]]), shape: [1, 1, 3] })),
      node("output", output()),
    ],
    path("input", "if", "output"),
  );
  const file = writeModel(scratch, "untimed.nir", network);
  expect(cli(["compile", file, "-o", at("untimed"), "--dynamics", "sinabs"]).code).toBe(0);
  expect(errorCodes(run("untimed", at("list.txt")))).toEqual(["cli/recording-step"]);
});

test("simulate counts cycles of turns within a step, and verify accepts", () => {
  const ran = cli(["simulate", at("build"), "--data", streams, "--labels", labels, "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  const document = documents.simulate.parse(JSON.parse(ran.stdout));
  expect(document.levels.spiking.correct).toBe(2);
  // The host's turn and that of the neurons, each ended by a barrier of 16 cycles.
  expect(document.cycles).toBeGreaterThan(2 * steps * 2 * 16);
  const verified = cli(["verify", at("build"), "--json"]);
  expect(verified.code, verified.stderr).toBe(0);
  const ids = documents.verify.parse(JSON.parse(verified.stdout)).obligations.map((o) => o.id);
  expect(ids).toEqual(["hashes", "network-kept", "synapses-equal-projections", "one-place-a-neuron"]);
});

test("inspect prints the nodes of the file, the spiking level and the machine", () => {
  const file = cli(["inspect", model]);
  expect(file.stdout).toContain(
    '"lif" = neuron("w") tauMem 0.00800000037997961, r 8, vLeak 0, threshold 1, vReset 0 : [2]',
  );
  expect(cli(["inspect", model, "--level", "spiking", ...dynamics]).stdout).toContain(
    "model=membrane(decay=decay",
  );
  expect(cli(["inspect", at("build")]).stdout).toMatch(/^spiking \{/);
  expect(cli(["inspect", at("build"), "--level", "machine"]).stdout).toMatch(/^machine \{/);
  expect(errorCodes(cli(["inspect", at("build"), "--level", "integer", "--json"]))).toEqual([
    "cli/level-not-built",
  ]);
});

test("check judges every target and writes nothing", () => {
  const ran = cli(["check", model, ...dynamics, "--json"]);
  expect(ran.code).toBe(1);
  const { targets } = documents.check.parse(JSON.parse(ran.stdout));
  const simulator = targets.find((t) => t.name === "simulator");
  expect(simulator).toMatchObject({ fits: true, mode: "native", cores: 1 });
  const spinnaker1 = targets.find((t) => t.name === "spinnaker1");
  expect(spinnaker1).toMatchObject({ fits: false, cores: null });
  expect(spinnaker1?.refusals.map((r) => r.code)).toEqual(["build/native-not-offered"]);
  expect(cli(["check", model, ...dynamics, "--target", "simulator"]).code).toBe(0);
});

test("a mode that converts functions is refused, and so are words that nobody knows", () => {
  expect(errorCodes(compile("x", "--mode", "exact.spatial", "--json"))).toEqual(["cli/spikes-by-itself"]);
  expect(errorCodes(compile("x", "--dynamics", "nestml", "--json"))).toEqual(["cli/unknown-word"]);
  expect(errorCodes(compile("x", "--encode", "rate", "--json"))).toEqual(["cli/encode-without-steps"]);
  expect(errorCodes(run("build", streams, "--compare", "integer"))).toEqual(["cli/level-not-built"]);
});

test("data of another shape name both shapes, and damaged lists the entry", () => {
  const flat = writeArray(scratch, "flat.npy", [2, 3], [0, 0, 0, 0, 0, 0]);
  expect(errorCodes(run("build", flat))).toEqual(["cli/stream-shape"]);
  const outside = writeArrays(scratch, "outside.npz", { sample: [0], step: [0], element: [3] });
  const ran = run("build", outside);
  expect(errorCodes(ran)).toEqual(["cli/recorded-spikes"]);
  expect(ran.stdout).toContain("entry 0 of element is 3");
});

test("a flag that means nothing here is said to", () => {
  const ran = compile("noted", ...dynamics, "--levels", "15");
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain("note[cli/flag-unused]: --levels has no effect here");
});

test("a .nir file without neurons is a function: compiled exactly with a note, and no native network", () => {
  const { nativeNetwork, node, path, input, affine, output } = native;
  const layers = [
    node("input", input([2])),
    node("w", affine(matrix([[0.5, -1]]))),
    node("output", output()),
  ];
  const file = writeModel(scratch, "plain.nir", nativeNetwork("plain", layers, path("input", "w", "output")));
  const ran = cli(["compile", file, "-o", at("plain")]);
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stderr).toContain("note[cli/no-neurons]");
  expect(errorCodes(cli(["compile", file, "--mode", "native", "-o", at("plain2"), "--json"]))).toEqual([
    "cli/nothing-spikes",
  ]);
});

const program = (mostSteps: number): string => `
data streams: spikes[3] = npy("streams.npy", labels: "labels.npy")

network two(x: spikes[3]) -> y: [2] {
  step 1 ms
  dynamics norse
  weights "two.nir" in order
  y = x -> flatten -> dense(2, bias: none) -> LIF(stored, reset: hard) -> read.count
}

compile two for simulator, loihi1 {
  evaluate(streams)
  require accuracy >= 100%
  require steps <= ${mostSteps}
}
`;

test("a recipe of a .spk file evaluates its streams, and what it requires is judged", () => {
  writeFileSync(at("two.spk"), program(steps));
  const ran = cli(["compile", at("two.spk"), "-o", at("spk"), "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  const { targets, evaluation } = documents.compile.parse(JSON.parse(ran.stdout));
  expect(targets.map((t) => [t.name, t.mode])).toEqual([
    ["simulator", "native"],
    ["loihi1", "native"],
  ]);
  expect(evaluation).toMatchObject({ samples: 2, levels: { spiking: { correct: 2 } }, cost: { steps } });
  writeFileSync(at("two.spk"), program(steps - 1));
  const missed = cli(["compile", at("two.spk"), "-o", at("missed")]);
  expect(missed.code).toBe(1);
  expect(missed.stderr).toContain("required steps <= 9, found 10");
  expect(cli(["run", at("missed"), "--data", streams]).code).toBe(2);
});
