import { type Diagnostic, Rejected, renderAll } from "../../compiler/diagnostics/index.ts";
import { floats, print, type Shape, sizeOf, type Weight } from "../../compiler/ir/core/index.ts";
import { type TensorGraph, tensorLevel } from "../../compiler/ir/tensor/index.ts";
import {
  elaborateSpk,
  type SpkHost,
  type SpkModel,
  type SpkNetwork,
  type SpkProgram,
  type SpkTarget,
  type TimeNetwork,
} from "../../dsl/index.ts";
import { faultsOf as refusedWith } from "../rejected.ts";

const target = (name: string, modes: readonly string[], payloadBits: number): SpkTarget => ({
  name,
  modes,
  payloadBits,
  options: ["chips"],
});

export const targets: readonly SpkTarget[] = [
  target("loihi1", ["exact.spatial", "exact.track"], 0),
  target("loihi2", ["exact.spatial", "exact.track", "exact.graded"], 24),
];

/** An array whose values tell its elements apart. */
export const counting = (name: string, shape: Shape, from = 0): Weight =>
  floats(
    name,
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => (from + i) / 8),
    "f32",
  );

export const arrays = (shapes: Readonly<Record<string, Shape>>): ReadonlyMap<string, Weight> =>
  new Map(Object.entries(shapes).map(([name, shape], i) => [name, counting(name, shape, i)]));

export interface Files {
  readonly texts?: Readonly<Record<string, string>>;
  readonly weights?: Readonly<Record<string, ReadonlyMap<string, Weight>>>;
  readonly models?: Readonly<Record<string, TensorGraph>>;
  readonly nir?: Readonly<Record<string, SpkModel>>;
}

const missing = (path: string): never => {
  const where = { file: path, line: null, column: null, node: null, excerpt: null };
  const parts = { what: "there is no such file", why: "", fix: "check the name" };
  throw new Rejected([{ code: "data/missing-file", severity: "error", where, ...parts }]);
};

/** A host whose files are in memory. */
export const memory = ({ texts = {}, weights = {}, models = {}, nir = {} }: Files = {}): SpkHost => ({
  readText: (path) => texts[path] ?? missing(path),
  readWeights: (path) => weights[path] ?? missing(path),
  readModel: (path) => models[path] ?? missing(path),
  readNir: (path) => nir[path] ?? missing(path),
  targets,
});

export const faultsOf = (text: string, file = "lenet.spk", files: Files = {}): readonly Diagnostic[] =>
  refusedWith(() => elaborateSpk(file, text, memory(files)));

/** What stops a build of a program that has no faults: open choices, and what is not built. */
export const refusedOf = (text: string, file = "a.spk", files: Files = {}): readonly Diagnostic[] =>
  elaborateSpk(file, text, memory(files)).recipes.flatMap((recipe) => recipe.refused);

/** What a user would see; empty when nothing is wrong. */
export const messages = (text: string, file = "lenet.spk", files: Files = {}): string =>
  renderAll(faultsOf(text, file, files));

export const codes = (text: string, files: Files = {}): readonly string[] =>
  faultsOf(text, "a.spk", files).map(({ code }) => code);

export const elaborate = (text: string, files: Files = {}): SpkProgram =>
  elaborateSpk("a.spk", text, memory(files));

/** The printed graph without spans, so that it says what was built and not where. */
export const printed = (graph: TensorGraph): readonly string[] =>
  print(tensorLevel, graph)
    .split("\n")
    .map((line) => line.trim().replace(/ in "[^"]*" \d+ \d+/g, ""))
    .filter((line) => line !== "" && !line.startsWith("weight "));

/** The tensors of a network that does not run in time. */
export const tensorsOf = (network: SpkNetwork | undefined): TensorGraph => {
  if (network?.kind !== "tensor") throw new Error("there are no tensors");
  return network.graph;
};

const onlyNetwork = (text: string, files: Files): SpkNetwork => {
  const [network, ...others] = elaborate(text, files).networks;
  if (network === undefined || others.length > 0) throw new Error(`${others.length + 1} networks`);
  return network;
};

/** The only network of a text without weights. */
export const graphOf = (text: string, files: Files = {}): TensorGraph => tensorsOf(onlyNetwork(text, files));

/** The only network of a text, which runs in time. */
export const timeNetworkOf = (text: string, files: Files = {}): TimeNetwork => {
  const network = onlyNetwork(text, files);
  if (network.kind !== "native") throw new Error(`${network.name} does not run in time`);
  return network;
};
