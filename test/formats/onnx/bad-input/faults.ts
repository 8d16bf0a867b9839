import { type Diagnostic, Rejected } from "../../../../compiler/diagnostics/index.ts";
import { decodeModel } from "../../../../compiler/formats/onnx/decode/index.ts";
import { importModel } from "../../../../compiler/formats/onnx/index.ts";
import { prepareModel } from "../../../../compiler/formats/onnx/prepare/index.ts";

/** The faults of whatever `run` refuses; empty when it does not. */
export const refusals = (run: () => unknown): readonly Diagnostic[] => {
  try {
    run();
    return [];
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics;
    throw error;
  }
};

export const codes = (run: () => unknown): readonly string[] => refusals(run).map(({ code }) => code);

/** The codes that a file is refused with on its way to a tensor graph. */
export const fileCodes = (bytes: Uint8Array): readonly string[] =>
  codes(() => importModel(prepareModel(decodeModel(bytes, "m.onnx")).model));
