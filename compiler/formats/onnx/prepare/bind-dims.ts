import { type Diagnostic, inFile, quoteName, Rejected } from "../../../diagnostics/index.ts";
import type { OnnxDim, OnnxModel, OnnxValueInfo } from "../decode/index.ts";
import { limits } from "../decode/limits.ts";
import { onnxDiagnostics } from "../diagnostics.ts";

interface BindOptions {
  /** Reads a fixed batch N on the inputs as 1, when all that have one have the same. */
  readonly rebatch: boolean;
}

export interface Bound {
  readonly model: OnnxModel;
  readonly notes: readonly Diagnostic[];
}

type Bindings = ReadonlyMap<string, number>;

/** Inputs that a run has to give: those without an initializer. */
const trueInputs = ({ graph }: OnnxModel): readonly OnnxValueInfo[] => {
  const stored = new Set(graph.initializers.map(({ name }) => name));
  return graph.inputs.filter(({ name }) => !stored.has(name));
};

const symbolsOf = (inputs: readonly OnnxValueInfo[]): ReadonlySet<string> =>
  new Set(inputs.flatMap(({ dims }) => (dims ?? []).filter((dim) => typeof dim === "string")));

const bindingFaults = (
  bindings: Bindings,
  symbols: ReadonlySet<string>,
  file: string,
): readonly Diagnostic[] => {
  const known = [...symbols].map((name) => `"${quoteName(name)}"`).join(", ") || "none";
  return [...bindings].flatMap(([name, value]) => {
    const dim = quoteName(name);
    const exists = symbols.has(name)
      ? []
      : [onnxDiagnostics.report("unknown-dim", inFile(file), { dim, known })];
    const valid = Number.isInteger(value) && value >= 1 && value <= limits.extent;
    if (valid) return exists;
    const holes = { dim, value, limit: limits.extent };
    return [...exists, onnxDiagnostics.report("dim-value", inFile(file), holes)];
  });
};

/** The batch that all inputs with a fixed one agree on, when it is more than 1. */
const bakedBatch = (inputs: readonly OnnxValueInfo[]): number | null => {
  const fixed = new Set(
    inputs.flatMap(({ dims }) => (dims ?? []).slice(0, 1)).filter((dim) => typeof dim === "number"),
  );
  const [only, ...more] = fixed;
  return only !== undefined && more.length === 0 && only > 1 ? only : null;
};

const boundDims = (dims: readonly OnnxDim[], bindings: Bindings): readonly OnnxDim[] =>
  dims.map((dim) => (typeof dim === "string" ? (bindings.get(dim) ?? dim) : dim));

/**
 * Gives symbolic extents their values. The first axis of an input is the batch: a name there that is not bound
 * means 1, wherever it stands, and an open extent there means 1 too. With `rebatch`, a fixed batch is read as
 * 1, with a note. Other open extents stay as they are. Throws Rejected with every unknown name
 * (`onnx/unknown-dim`, which lists the names that exist) and every value that is no extent.
 */
export const bindDims = (
  model: OnnxModel,
  bindings: Bindings,
  options: BindOptions = { rebatch: false },
): Bound => {
  const { file, graph } = model;
  const inputs = trueInputs(model);
  const faults = bindingFaults(bindings, symbolsOf(inputs), file);
  if (faults.length > 0) throw new Rejected(faults);
  const batches = [...symbolsOf(inputs.map((info) => ({ ...info, dims: info.dims?.slice(0, 1) ?? null })))];
  const all: Bindings = new Map([...batches.map((name): [string, number] => [name, 1]), ...bindings]);
  const baked = options.rebatch ? bakedBatch(inputs) : null;
  const isTrue = new Set(inputs);
  const rebatched: string[] = [];
  const bind = (info: OnnxValueInfo): OnnxValueInfo => {
    if (info.dims === null) return info;
    const [first, ...rest] = boundDims(info.dims, all);
    if (first === undefined || !isTrue.has(info)) return { ...info, dims: boundDims(info.dims, all) };
    const again = first === baked && info.dims[0] === baked;
    if (again) rebatched.push(info.name);
    return { ...info, dims: [first === null || again ? 1 : first, ...rest] };
  };
  const bound = {
    ...graph,
    inputs: graph.inputs.map(bind),
    outputs: graph.outputs.map(bind),
    valueInfo: graph.valueInfo.map(bind),
  };
  const names = rebatched.map((name) => `"${quoteName(name)}"`).join(", ");
  const holes = { count: baked ?? 1, inputs: names };
  const notes =
    rebatched.length === 0 ? [] : [onnxDiagnostics.report("batch-read-as-one", inFile(file), holes)];
  return { model: { ...model, graph: bound }, notes };
};
