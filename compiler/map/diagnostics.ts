import { type Diagnostic, defineDiagnostics, type Where } from "../diagnostics/index.ts";

/** What the placement on cores refuses. */
export const mapDiagnostics = defineDiagnostics("map", {
  "neuron-too-large": {
    severity: "error",
    what: "a neuron does not fit one core of {target}",
    why: "element {element}, with its lanes ({lanes}), needs {needed} of {resource}, a core has {limit}: {times} times too much",
    fix: "lower --levels, or --input-bits of the first layer, so that values take fewer lanes, or --fold channels, so that neurons have fewer inputs and readers",
  },
});

/** What one element, with all its lanes, needs of a core that has not as much. */
export interface Excess {
  readonly target: string;
  readonly lanes: number;
  readonly element: number;
  readonly needed: number;
  readonly resource: string;
  readonly limit: number;
}

export const tooLargeForCore = (where: Where, excess: Excess): Diagnostic => {
  const times = Math.ceil((10 * excess.needed) / excess.limit) / 10;
  return mapDiagnostics.report("neuron-too-large", where, { ...excess, times });
};
