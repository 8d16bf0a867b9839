import { type Diagnostic, Rejected } from "../../../../compiler/diagnostics/index.ts";
import { importOnnx } from "../../../../compiler/formats/onnx/index.ts";

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

/** The faults that a file is refused with on its way to a tensor graph. */
export const fileFaults = (bytes: Uint8Array): readonly Diagnostic[] =>
  refusals(() => importOnnx(bytes, "m.onnx"));

export const fileCodes = (bytes: Uint8Array): readonly string[] => fileFaults(bytes).map(({ code }) => code);

/** Seconds of the processor that `run` takes; a busy machine does not change them much. */
export const seconds = (run: () => void): number => {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};
