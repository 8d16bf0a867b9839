import { unreachable } from "../../../compiler/diagnostics/index.ts";
import { type Numbers, numbers } from "../../../compiler/ir/core/index.ts";
import type { ReadOut } from "../../../compiler/ir/spiking/index.ts";
import type { SiteState } from "./site-state.ts";

/** One output while a sample runs. */
export interface Reading {
  readonly output: ReadOut;
  readonly state: SiteState;
  readonly total: Float64Array;
}

export const openReading = (output: ReadOut, state: SiteState): Reading => ({
  output,
  state,
  total: new Float64Array(state.site.size),
});

/** Before the first step of a sample. */
export const restartReading = ({ output, total }: Reading): void => {
  const starts = output.read === "firstSpike" || (output.read === "potential" && output.over === "greatest");
  total.fill(starts ? (output.read === "firstSpike" ? Infinity : -Infinity) : 0);
};

/** The potential of a step: v of a membrane as it was compared, or what a relay sent. Throws for other populations. */
const potentialOf = (state: SiteState): Float64Array => {
  if (state.kind === "membrane") return state.cells.compared;
  if (state.kind === "relay") return state.sent;
  throw new Error(`${state.site.id} has no potential`);
};

/** Takes in one message of the population that is read. */
export const readMessage = (
  { output, total }: Reading,
  element: number,
  amount: number,
  step: number,
): void => {
  if (step < output.after) return;
  if (output.read === "spikes") total[element] = (total[element] ?? 0) + amount;
  else if (output.read === "firstSpike") total[element] = Math.min(total[element] ?? 0, step);
};

/** Takes in the potentials of a step. */
export const readStep = (reading: Reading, step: number): void => {
  const { output, state, total } = reading;
  if (output.read !== "potential" || step < output.after) return;
  const potential = potentialOf(state);
  switch (output.over) {
    case "last":
      return total.set(potential);
    case "mean":
      for (let e = 0; e < total.length; e++) total[e] = (total[e] ?? 0) + (potential[e] ?? 0);
      return;
    case "greatest":
      for (let e = 0; e < total.length; e++) total[e] = Math.max(total[e] ?? 0, potential[e] ?? 0);
      return;
    default:
      return unreachable(output.over);
  }
};

/** The value of an output behind the last step. Throws for what only abstract networks read. */
export const valueOfReading = ({ output, state, total }: Reading, steps: number): Numbers => {
  const { shape } = state.site.population;
  const of = (f: (x: number) => number): Numbers => numbers(shape, total.map(f));
  switch (output.read) {
    case "spikes":
      return of((x) => x);
    case "firstSpike":
      return of((x) => Math.min(x, steps));
    case "potential": {
      const count = output.over === "mean" ? Math.max(1, steps - output.after) : 1;
      return of((x) => (x / count - output.offset) / output.unit);
    }
    case "sum":
      if (state.kind !== "sum") throw new Error(`${state.site.id} keeps no sum`);
      return numbers(shape, state.sums.slice());
    case "level":
      throw new Error(`output ${output.name} reads a level of a stream`);
    default:
      return unreachable(output.read);
  }
};
