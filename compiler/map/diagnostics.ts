import { defineDiagnostics } from "../diagnostics/index.ts";

/** What the placement on cores refuses. */
export const mapDiagnostics = defineDiagnostics("map", {
  "neuron-too-large": {
    severity: "error",
    what: "a neuron does not fit one core of {target}",
    why: "the {lanes} lanes of element {element} need {needed} of {resource}, a core has {limit}",
    fix: "use fewer --levels or bits of the input, or --fold channels, so that neurons have fewer inputs and readers",
  },
});
