import { extname } from "node:path";
import { type DataDescription, elaborateSpk, type SpkHost } from "../../dsl/index.ts";
import { type ElementType, openTensorFile, readFileBounded } from "../../runtime/files/index.ts";
import { type Diagnostic, inFile, nowhere, quoteName, Rejected } from "../diagnostics/index.ts";
import { isHdf5 } from "../formats/hdf5/index.ts";
import { importNir } from "../formats/nir/index.ts";
import {
  decodeModel,
  examineOnnx,
  externalFilesBeside,
  type ReadOptions,
  readOnnx,
  tensorWeight,
} from "../formats/onnx/index.ts";
import { type DType, sha256, type Weight, weight } from "../ir/index.ts";
import type { Target } from "../target/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import { type Job, jobOf } from "./job.ts";
import { hdf5Model } from "./native-model.ts";
import { textOfBytes } from "./spk-text.ts";

/** A model file with all that it asks to be compiled. */
export interface Model {
  readonly path: string;
  readonly sha256: string;
  readonly jobs: readonly Job[];
  readonly data: readonly DataDescription[];
  /** What was read in another way than it stands in the file. */
  readonly notes: readonly Diagnostic[];
}

/** How extents that a model leaves open are read. */
export interface Extents {
  /** NAME=N, each binds a symbolic extent. */
  readonly dim?: readonly string[];
  /** Reads a fixed batch of the inputs as 1. */
  readonly rebatch?: boolean;
}

const bindingsOf = (stated: readonly string[]): ReadonlyMap<string, number> =>
  new Map(
    stated.map((text) => {
      const at = text.lastIndexOf("=");
      const value = Number(text.slice(at + 1));
      if (at < 1 || !Number.isInteger(value))
        throw new Rejected([cliDiagnostics.report("dim-form", nowhere, { text: quoteName(text) })]);
      return [text.slice(0, at), value];
    }),
  );

const readOptions = (path: string, extents: Extents): ReadOptions => ({
  external: externalFilesBeside(path),
  dims: bindingsOf(extents.dim ?? []),
  rebatch: extents.rebatch === true,
});

const onnxModel = (path: string, bytes: Uint8Array, extents: Extents) =>
  readOnnx(bytes, path, readOptions(path, extents));

const isText = (bytes: Uint8Array): boolean => {
  try {
    return !new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, 4096)).includes("\0");
  } catch {
    return false;
  }
};

/** Unsigned types wider than a byte are held as the next wider signed one. */
const wider = { u16: "i32", u32: "i64", u64: "i64" } as const;

const storedAs = (dtype: ElementType): DType =>
  dtype === "u16" || dtype === "u32" || dtype === "u64" ? wider[dtype] : dtype;

const initializersOf = (bytes: Uint8Array, path: string): ReadonlyMap<string, Weight> =>
  new Map(
    decodeModel(bytes, path, externalFilesBeside(path)).graph.initializers.map((tensor) => [
      tensor.name,
      tensorWeight(tensor, tensor.name),
    ]),
  );

const weightsIn = (path: string): ReadonlyMap<string, Weight> => {
  const bytes = readFileBounded(path);
  if (extname(path) === ".onnx") return initializersOf(bytes, path);
  const arrays = openTensorFile(path).arrays;
  return new Map(
    [...arrays].map(([name, { shape, dtype, data }]) => [
      name,
      weight({ name, shape, dtype: storedAs(dtype), data: Float64Array.from(data) }),
    ]),
  );
};

/** Bits of a level that one message carries: graded spikes are what the abstract codes of a target without cells send. */
const payloadOf = (target: Target): number => (target.modes.includes("exact.graded") ? 24 : 0);

const hostOf = (targets: readonly Target[]): SpkHost => ({
  readText: (path) => textOfBytes(readFileBounded(path), path),
  readWeights: weightsIn,
  readModel: (path) => onnxModel(path, readFileBounded(path), {}).graph,
  readNir: (path) => importNir(readFileBounded(path), path),
  targets: targets.map((t) => ({ name: t.name, modes: t.modes, payloadBits: payloadOf(t), options: [] })),
});

const spkJobs = (
  path: string,
  bytes: Uint8Array,
  targets: readonly Target[],
): Pick<Model, "jobs" | "data"> => {
  const program = elaborateSpk(path, textOfBytes(bytes, path), hostOf(targets));
  const byName = new Map(program.networks.map((n) => [n.name, n]));
  const fromRecipes = program.recipes.flatMap((recipe): readonly Job[] => {
    const network = byName.get(recipe.network);
    return network === undefined ? [] : [jobOf(network, recipe)];
  });
  const trained = program.networks.filter((n) => n.trained);
  const [only, ...more] = trained;
  const alone = only !== undefined && more.length === 0 ? [jobOf(only, null)] : [];
  const jobs = fromRecipes.length > 0 ? fromRecipes : alone;
  if (jobs.length === 0) {
    const holes = { networks: program.networks.length, recipes: program.recipes.length, braces: "{ ... }" };
    throw new Rejected([cliDiagnostics.report("no-recipe", inFile(path), holes)]);
  }
  return { jobs, data: program.data };
};

const isSpk = (path: string, bytes: Uint8Array): boolean =>
  extname(path) === ".spk" || (extname(path) !== ".onnx" && isText(bytes));

/** Reads a model by its content. Throws Rejected with everything that is wrong with it. */
export const openModel = (path: string, targets: readonly Target[], extents: Extents = {}): Model => {
  const bytes = readFileBounded(path);
  const hash = sha256(bytes);
  if (isSpk(path, bytes)) return { path, sha256: hash, ...spkJobs(path, bytes, targets), notes: [] };
  if (isHdf5(bytes)) return { path, sha256: hash, ...hdf5Model(bytes, path), data: [] };
  const { graph, notes } = onnxModel(path, bytes, extents);
  return { path, sha256: hash, jobs: [{ kind: "exact", graph, recipe: null }], data: [], notes };
};

/** Reads as much of a model as can be read, and says what cannot. Throws Rejected when it is no model at all. */
export const examineModel = (
  path: string,
  targets: readonly Target[],
  extents: Extents = {},
): Model & { readonly faults: readonly Diagnostic[] } => {
  const bytes = readFileBounded(path);
  if (isSpk(path, bytes) || isHdf5(bytes)) return { ...openModel(path, targets, extents), faults: [] };
  const { graph, notes, faults } = examineOnnx(bytes, path, readOptions(path, extents));
  const job: Job = { kind: "exact", graph, recipe: null };
  return { path, sha256: sha256(bytes), jobs: [job], data: [], notes, faults };
};
