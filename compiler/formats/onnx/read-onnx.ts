import type { Diagnostic } from "../../diagnostics/index.ts";
import type { TensorGraph } from "../../ir/tensor/index.ts";
import { decodeModel, type ExternalFiles } from "./decode/index.ts";
import { importerOf } from "./import/importers.ts";
import { importModel } from "./import/index.ts";
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

/**
 * Reads the bytes of an ONNX file into a tensor graph: local functions inlined, symbolic extents bound, constants
 * computed. `file` is the name for messages. Throws Rejected with all faults of the stage that fails.
 */
export const readOnnx = (bytes: Uint8Array, file: string, options: ReadOptions = {}): ReadOnnx => {
  const { external = null, dims = new Map<string, number>(), rebatch = false } = options;
  const keep = (domain: string, opType: string): boolean => importerOf(domain, opType) !== null;
  const { model, notes } = prepareModel(decodeModel(bytes, file, external), { dims, rebatch, keep });
  return { graph: importModel(model).graph, notes };
};

/** `readOnnx` of a model in one file, without options. */
export const importOnnx = (bytes: Uint8Array, file: string): TensorGraph => readOnnx(bytes, file).graph;
