import { type Diagnostic, Rejected } from "./diagnostic.ts";

/** What `run` gives, or the diagnostics that it is refused with. Other errors pass through. */
export const orFaults = <T>(run: () => T): T | readonly Diagnostic[] => {
  try {
    return run();
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics;
    throw error;
  }
};
