import { type Diagnostic, named, Rejected } from "../../compiler/diagnostics/index.ts";
import { floats, sizeOf, violationsOf, weightsOf } from "../../compiler/ir/core/index.ts";
import {
  makeTensor,
  type TensorGraph,
  tensorInvariants,
  tensorLevel,
} from "../../compiler/ir/tensor/index.ts";
import { randomFrom } from "../../compiler/testing/index.ts";
import { checkSpk, elaborateSpk, formatSpk, type SpkNetwork } from "../../dsl/index.ts";
import { memory } from "../dsl/support.ts";
import { demandValid, type Fuzzer, type Outcome } from "./fuzzer.ts";
import { mutateText } from "./spk/mutate.ts";
import { spkSeeds } from "./spk/seeds.ts";

const file = "case.spk";

const input = makeTensor("input", [], { name: "x", shape: [4] }, [named("x")]);
const hidden = makeTensor(
  "dense",
  [input],
  { weight: floats("w", [4, 4], new Float64Array(16).fill(0.5), "f32"), bias: null },
  [named("dense")],
);
const model: TensorGraph = { name: "m", inputs: [input], outputs: [{ name: "y", value: hidden }] };

const library = "block twice(x: [n]) -> y: [n] {\n  y = x -> dense(n) -> relu -> dense(n)\n}\nwidth = 0.5\n";

const host = memory({
  texts: { "lib.spk": library, "mnist.spk": library },
  weights: { "w.npz": new Map([["dense1.weight", floats("w", [4, 4], new Float64Array(16), "f32")]]) },
  models: { "a.onnx": model, "kws_dscnn.onnx": model },
});

const seeds = spkSeeds();

/** The text of a case. */
export const mutateSpk = (seed: number): string => {
  const random = randomFrom(seed);
  const pick = (): string => seeds[random.between(0, seeds.length - 1)] ?? "";
  return mutateText(pick(), pick(), random);
};

const checkPlaces = (faults: readonly Diagnostic[], text: string): void => {
  const lines = text.split("\n").length;
  for (const { code, severity, where } of faults) {
    if (severity === "note" || code === "syntax/bytes") continue;
    if (where.file === null || where.line === null || where.column === null)
      throw new Error(`${code} has no place`);
    if (where.file === file && where.line > lines) throw new Error(`${code} stands behind the last line`);
  }
};

/** Weights are drawn where they are read: as many as this are drawn in time. */
const mostWeights = 2 ** 20;

const checkNetwork = (network: SpkNetwork): void => {
  if (network.kind !== "tensor") return;
  const weights = weightsOf(tensorLevel, network.graph).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (weights > mostWeights) return;
  demandValid(network.name, violationsOf(tensorInvariants, network.graph));
};

const refusedOr = <T>(work: () => T): T | readonly Diagnostic[] => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Rejected && error.diagnostics.length > 0) return error.diagnostics;
    throw error;
  }
};

const codesOf = (faults: readonly Diagnostic[]): string =>
  faults
    .map(({ code }) => code)
    .sort()
    .join(" ");

/** A text that can be read is formatted to one that says the same, and stays as it is when formatted again. */
const checkFormat = (text: string, faults: readonly Diagnostic[]): void => {
  const once = refusedOr(() => formatSpk(file, text));
  if (typeof once !== "string") return;
  if (formatSpk(file, once) !== once) throw new Error(`formatting twice changes the text again:\n${once}`);
  const after = codesOf(checkSpk(file, once, host));
  if (after !== codesOf(faults)) throw new Error(`formatting changes the faults to ${after}:\n${once}`);
};

/** Reads a text to networks, and formats it. Throws for anything but valid networks and messages with places. */
export const examineSpk = (text: string): Outcome => {
  const found = checkSpk(file, text, host);
  checkPlaces(found, text);
  checkFormat(text, found);
  // What is wrong without weights is wrong with them: looking at some of these cases is enough.
  if (found.length > 0 && text.length % 8 !== 0) return "refused";
  const made = refusedOr(() => elaborateSpk(file, text, host));
  if (!("networks" in made)) {
    checkPlaces(made, text);
    return "refused";
  }
  if (found.length > 0) throw new Error(`elaborated with faults: ${codesOf(found)}`);
  made.networks.forEach(checkNetwork);
  return "accepted";
};

/** Changes programs word by word and character by character. */
export const spkFuzzer = (): Fuzzer => ({
  name: "spk",
  mutant: (seed) => new TextEncoder().encode(mutateSpk(seed)),
  read: (bytes) => examineSpk(new TextDecoder().decode(bytes)),
});
