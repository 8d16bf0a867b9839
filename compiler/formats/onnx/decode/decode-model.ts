import { inFile, Rejected } from "../../../diagnostics/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { takeOpset } from "./domain.ts";
import type { ExternalFiles } from "./external/external-files.ts";
import { decodeFunction } from "./function.ts";
import { decodeGraph } from "./graph.ts";
import { fromInt64 } from "./integer.ts";
import { Ledger } from "./ledger.ts";
import type { OnnxFunction, OnnxGraph, OnnxModel } from "./model.ts";
import { looksLike } from "./sniff.ts";
import { Wire } from "./wire.ts";

/** Training information is stepped over. */
const readModel = (wire: Wire, ledger: Ledger): OnnxModel | null => {
  let irVersion = 0;
  let [name, version] = ["", ""];
  let graph: OnnxGraph | null = null;
  const opsets = new Map<string, number>();
  const functions: OnnxFunction[] = [];
  while (wire.next()) {
    if (wire.field === 1) irVersion = fromInt64(wire.int64());
    else if (wire.field === 2) name = wire.text();
    else if (wire.field === 3) version = wire.text();
    else if (wire.field === 7) {
      if (graph !== null) wire.malformed("the model holds two graphs");
      graph = wire.message((inner) => decodeGraph(inner, ledger));
    } else if (wire.field === 8) takeOpset(wire, ledger, opsets);
    else if (wire.field === 25) {
      ledger.spend("functions");
      functions.push(wire.message((inner) => decodeFunction(inner, ledger)));
    } else wire.skip();
  }
  const producer = { name, version };
  return graph === null ? null : { file: ledger.file, irVersion, producer, opsets, graph, functions };
};

const noGraph = {
  looks: "something else",
  evidence: "no graph was found in it",
  remedy: "give a model saved by onnx.save or an exporter",
};

const wrongFormat = (bytes: Uint8Array, file: string): Rejected | null => {
  const look = looksLike(bytes);
  if (look === null) return null;
  const { looks, evidence, remedy } = look;
  return new Rejected([onnxDiagnostics.report("format", inFile(file), { looks, evidence, remedy })]);
};

/**
 * Reads a ModelProto; `file` is the name for messages. Weights stay views of `bytes`, or ranges of the files
 * that `external` gives access to (see `externalFilesBeside`); without it, tensors in other files have no
 * values. Any opset passes. Throws Rejected: one `onnx/truncated`, `onnx/malformed`, `onnx/limit` or
 * `onnx/format` where reading cannot go on, else all faults of tensors and attributes at once.
 */
export const decodeModel = (
  bytes: Uint8Array,
  file: string,
  external: ExternalFiles | null = null,
): OnnxModel => {
  const ledger = new Ledger(file, external);
  const read = (): OnnxModel | null => {
    try {
      return readModel(new Wire(bytes, file), ledger);
    } catch (error) {
      throw error instanceof Rejected ? (wrongFormat(bytes, file) ?? error) : error;
    }
  };
  const model = read();
  if (model === null)
    throw wrongFormat(bytes, file) ?? new Rejected([onnxDiagnostics.report("format", inFile(file), noGraph)]);
  ledger.settle();
  return model;
};
