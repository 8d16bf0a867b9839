import { type Diagnostic, orFaults, Rejected } from "../compiler/diagnostics/index.ts";

/** The diagnostics that `run` is refused with; none when it succeeds. Other errors pass through. */
export const faultsOf = (run: () => unknown): readonly Diagnostic[] =>
  orFaults(() => {
    run();
    return [];
  });

export const codesOf = (run: () => unknown): readonly string[] => faultsOf(run).map(({ code }) => code);

/** Runs; true when it succeeds, false when it is refused with a reason. Other errors pass through. */
export const survives = (run: () => unknown): boolean => {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof Rejected && error.diagnostics.length > 0) return false;
    throw error;
  }
};
