import { item, spreadTo, valuesOf } from "../../../compiler/ir/core/index.ts";
import type { NeuronModel } from "../../../compiler/ir/spiking/index.ts";
import type { Inbox } from "../inbox.ts";
import type { Site } from "../wiring.ts";

/** State of the sigma-delta neurons of one population. Source of the rule: Lava, proc/sdn/models.py. */
export interface SigmaDeltas {
  readonly sigma: Float64Array;
  readonly threshold: Float64Array;
  readonly bias: Float64Array | null;
  readonly rectify: boolean;
  readonly unit: number;
  /** x of the last step. */
  readonly before: Float64Array;
  readonly rest: Float64Array;
  /** What goes out, by element. */
  readonly sent: Float64Array;
}

export const openSigmaDeltas = (
  { size, bias }: Site,
  model: Extract<NeuronModel, { readonly kind: "sigmaDelta" }>,
): SigmaDeltas => {
  const zeros = (): Float64Array => new Float64Array(size);
  return {
    sigma: zeros(),
    threshold: spreadTo(valuesOf(model.threshold), size),
    bias,
    rectify: model.rectify,
    unit: 2 ** model.shift,
    before: zeros(),
    rest: zeros(),
    sent: zeros(),
  };
};

export const restartSigmaDeltas = ({ sigma, before, rest }: SigmaDeltas): void => {
  for (const state of [sigma, before, rest]) state.fill(0);
};

export const stepSigmaDeltas = (cells: SigmaDeltas, inbox: Inbox, slot: number): void => {
  const { sigma, threshold, bias, rectify, unit, before, rest, sent } = cells;
  const sums = item(inbox.slots, slot);
  for (let e = 0; e < sigma.length; e++) {
    const total = (sigma[e] ?? 0) + (sums[e] ?? 0);
    const biased = total + (bias?.[e] ?? 0);
    const x = rectify ? Math.max(biased, 0) : biased;
    const delta = x - (before[e] ?? 0) + (rest[e] ?? 0);
    const large = Math.abs(delta) >= (threshold[e] ?? 0);
    sigma[e] = total;
    before[e] = x;
    rest[e] = large ? 0 : delta;
    sent[e] = large ? Math.floor(delta / unit) : 0;
  }
};
