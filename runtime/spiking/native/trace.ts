import { type Numbers, numbers } from "../../../compiler/ir/core/index.ts";
import type { PopulationId } from "../../../compiler/ir/spiking/index.ts";
import type { SiteState } from "./site-state.ts";

/**
 * What a run can keep of every step: `sent`, what left each neuron, 0 where nothing did; `u`, the current i, or what
 * a sigma-delta neuron has added up; `v`, the potential behind the reset; `compared`, the potential before it.
 */
export const quantities = ["sent", "u", "v", "compared"] as const;
export type Quantity = (typeof quantities)[number];

/** A quantity of a population that is kept. */
export interface Probe {
  readonly population: PopulationId;
  readonly quantity: Quantity;
}

/** Values of a probe, [steps, size]. */
export interface Trace {
  readonly probe: Probe;
  readonly state: SiteState;
  readonly data: Float64Array;
}

export const openTrace = (probe: Probe, state: SiteState, steps: number): Trace => ({
  probe,
  state,
  data: new Float64Array(steps * state.site.size),
});

/** Takes in one message. */
export const traceMessage = (
  { probe, state, data }: Trace,
  element: number,
  amount: number,
  step: number,
): void => {
  if (probe.quantity !== "sent") return;
  const at = step * state.site.size + element;
  data[at] = (data[at] ?? 0) + amount;
};

const valuesIn = (state: SiteState, quantity: Exclude<Quantity, "sent">): Float64Array | null => {
  if (state.kind === "membrane") return state.cells[quantity];
  return state.kind === "sigmaDelta" && quantity === "u" ? state.cells.sigma : null;
};

/** Takes in the state behind a step. Throws when the population has no such state. */
export const traceStep = ({ probe, state, data }: Trace, step: number): void => {
  const { quantity } = probe;
  if (quantity === "sent") return;
  const values = valuesIn(state, quantity);
  if (values === null) throw new Error(`${probe.population} has no ${quantity}`);
  data.set(values, step * state.site.size);
};

export const valueOfTrace = ({ state, data }: Trace): Numbers => {
  const { shape } = state.site.population;
  const steps = data.length / Math.max(1, state.site.size);
  return numbers([steps, ...shape], data);
};
