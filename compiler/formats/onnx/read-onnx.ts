import type { Diagnostic } from "../../diagnostics/index.ts";
import type { TensorGraph, TensorNode } from "../../ir/tensor/index.ts";
import { decodeModel, type ExternalFiles } from "./decode/index.ts";
import { importerOf } from "./import/importers.ts";
import { type Imported, importModel, readModel } from "./import/index.ts";
import { prepareModel } from "./prepare/index.ts";

export interface ReadOptions {
  /** Files beside the model, for weights that are stored there; null: such a model is refused. */
  readonly external?: ExternalFiles | null;
  /** Extents by symbolic name. The first axis of an input is 1 unless its name is here. */
  readonly dims?: ReadonlyMap<string, number>;
  /** Reads a fixed batch of the inputs as 1, with a note. */
  readonly rebatch?: boolean;
}

export interface ReadOnnx {
  readonly graph: TensorGraph;
  readonly notes: readonly Diagnostic[];
}

/** The decoded model, ready to be read. */
const prepared = (bytes: Uint8Array, file: string, options: ReadOptions) => {
  const { external = null, dims = new Map<string, number>(), rebatch = false } = options;
  const keep = (domain: string, opType: string): boolean => importerOf(domain, opType) !== null;
  return prepareModel(decodeModel(bytes, file, external), { dims, rebatch, keep });
};

/**
 * Reads the bytes of an ONNX file into a tensor graph: local functions inlined, symbolic extents bound, constants
 * computed. `file` is the name for messages. Throws Rejected with all faults of the stage that fails.
 */
export const readOnnx = (bytes: Uint8Array, file: string, options: ReadOptions = {}): ReadOnnx => {
  const { model, notes } = prepared(bytes, file, options);
  return { graph: importModel(model).graph, notes };
};

/** What nothing reads becomes an output too, so that what could be read is all there. */
const withLooseEnds = ({ graph, values }: Imported): TensorGraph => {
  const read = new Set<TensorNode>([...values.values()].flatMap((node) => [...node.inputs]));
  const given = new Set<TensorNode>(graph.outputs.map((o) => o.value));
  const loose = [...values].filter(([, node]) => node.op !== "input" && !read.has(node) && !given.has(node));
  return { ...graph, outputs: [...graph.outputs, ...loose.map(([name, value]) => ({ name, value }))] };
};

/**
 * Reads as much of an ONNX file as can be read: an operator that is not read becomes an opaque node where the model
 * states the shape of its result. Throws Rejected only for a file that is no model.
 */
export const examineOnnx = (
  bytes: Uint8Array,
  file: string,
  options: ReadOptions = {},
): ReadOnnx & { readonly faults: readonly Diagnostic[] } => {
  const { model, notes } = prepared(bytes, file, options);
  const { imported, faults } = readModel(model, { unsupported: "opaque" });
  return { graph: faults.length === 0 ? imported.graph : withLooseEnds(imported), notes, faults };
};

/** `readOnnx` of a model in one file, without options. */
export const importOnnx = (bytes: Uint8Array, file: string): TensorGraph => readOnnx(bytes, file).graph;
