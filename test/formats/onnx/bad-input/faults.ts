import type { Diagnostic } from "../../../../compiler/diagnostics/index.ts";
import { importOnnx } from "../../../../compiler/formats/onnx/index.ts";
import { faultsOf } from "../../../rejected.ts";

/** The faults that a file is refused with on its way to a tensor graph. */
export const fileFaults = (bytes: Uint8Array): readonly Diagnostic[] =>
  faultsOf(() => importOnnx(bytes, "m.onnx"));

export const fileCodes = (bytes: Uint8Array): readonly string[] => fileFaults(bytes).map(({ code }) => code);

/** Seconds of the processor that `run` takes; a busy machine does not change them much. */
export const seconds = (run: () => void): number => {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};
