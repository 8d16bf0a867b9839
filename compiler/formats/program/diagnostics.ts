import { defineDiagnostics } from "../../diagnostics/index.ts";

/** What is wrong with a written machine program. */
export const programDiagnostics = defineDiagnostics("program", {
  damaged: {
    severity: "error",
    what: "{file} cannot be read",
    why: "{reason}",
    fix: "compile again",
  },
  misplaced: {
    severity: "error",
    what: "core {core} holds neurons that cannot be there",
    why: "{reason}",
    fix: "compile again",
  },
  unplaced: {
    severity: "error",
    what: "{population}[{element}] does not have one place",
    why: "it has {places}, a neuron on a core needs 1 and one on the host 0",
    fix: "compile again",
  },
  "list-damaged": {
    severity: "error",
    what: "a synapse list of core {core} is damaged",
    why: "{reason}",
    fix: "compile again",
  },
});
