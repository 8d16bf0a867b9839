import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** What is wrong with the written files of a Loihi program. */
export const loihi1Diagnostics = defineDiagnostics("loihi1", {
  "file-missing": {
    severity: "error",
    what: "{file} is missing",
    why: "a build for Loihi consists of {all}",
    fix: "compile again",
  },
  "core-overflow": {
    severity: "error",
    what: "core {core} does not fit the chip",
    why: "it needs {needed} of {resource}, a core has {limit}",
    fix: "compile again",
  },
  "count-differs": {
    severity: "error",
    what: "core {core} does not use what program.json says",
    why: "{resource}: {said} is written, a recount gives {counted}",
    fix: "compile again",
  },
  "weight-off-grid": {
    severity: "error",
    what: "core {core} holds a weight that no synapse of the chip can",
    why: "mantissa {mantissa} is no multiple of {step} in {low}..{high}, or exponent {exponent} is outside {least}..{most}",
    fix: "compile again",
  },
  "delay-too-long": {
    severity: "error",
    what: "core {core} has synapses that act too late",
    why: "a delay of {delay} steps is above {limit}",
    fix: "compile again",
  },
  "core-unplaced": {
    severity: "error",
    what: "core {core} has no place of its own",
    why: "{reason}",
    fix: "compile again",
  },
});
