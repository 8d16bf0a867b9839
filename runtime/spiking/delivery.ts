import { item } from "../../compiler/ir/core/index.ts";
import type { Inbox } from "./inbox.ts";
import type { Wire, Wiring } from "./wiring.ts";

/** Turns messages into additions to the inboxes of their targets. */
export interface Delivery {
  /**
   * A message of `element` of population number `from`: `amount` is its digit times the gain of the digit's place.
   * It acts at step + 1 + delay; inboxes of one slot (phases) take it at once. Returns the number of synapses walked.
   */
  readonly send: (from: number, element: number, amount: number, step: number) => number;
}

/** A way to deliver: from a network's projections, or from the synapse lists of a machine's cores. */
export interface Carrier {
  /** Greatest delay that it adds to that of a projection, in steps. */
  readonly extraDelay: number;
  readonly open: (wiring: Wiring, inboxes: readonly Inbox[]) => Delivery;
}

const addTo = (wire: Wire, inbox: Inbox, element: number, amount: number, slot: number): number => {
  const { offsets, place, weight } = wire;
  const { sums } = inbox;
  const first = offsets[element] ?? 0;
  const end = offsets[element + 1] ?? 0;
  const base = slot * inbox.width;
  const value = amount * wire.gain;
  for (let i = first; i < end; i++) {
    const at = base + (place[i] ?? 0);
    sums[at] = (sums[at] ?? 0) + value * (weight[i] ?? 0);
  }
  inbox.touched[slot] = 1;
  return end - first;
};

const addBySign = (
  wire: Wire,
  inbox: Inbox,
  negative: Float64Array,
  element: number,
  amount: number,
  slot: number,
): number => {
  const { offsets, place, weight } = wire;
  const { sums } = inbox;
  const first = offsets[element] ?? 0;
  const end = offsets[element + 1] ?? 0;
  const base = slot * inbox.width;
  const value = amount * wire.gain;
  for (let i = first; i < end; i++) {
    const at = base + (place[i] ?? 0);
    const added = value * (weight[i] ?? 0);
    if (added > 0) sums[at] = (sums[at] ?? 0) + added;
    else negative[at] = (negative[at] ?? 0) - added;
  }
  inbox.touched[slot] = 1;
  return end - first;
};

/** Extra steps of a message on one projection: at most `most`. */
export interface Jitter {
  readonly most: number;
  readonly next: () => number;
}

/** Walks the rows of the projections; `jitter` delays every message on every projection on its own. */
export const byProjection = (jitter: Jitter | null = null): Carrier => ({
  extraDelay: jitter?.most ?? 0,
  open: ({ sites }, inboxes) => ({
    send: (from, element, amount, step) => {
      const { wires } = item(sites, from);
      let walked = 0;
      for (let w = 0; w < wires.length; w++) {
        const wire = item(wires, w);
        const inbox = item(inboxes, wire.to);
        const slot = (step + 1 + wire.delay + (jitter === null ? 0 : jitter.next())) % inbox.depth;
        walked +=
          inbox.negative === null
            ? addTo(wire, inbox, element, amount, slot)
            : addBySign(wire, inbox, inbox.negative, element, amount, slot);
      }
      return walked;
    },
  }),
});
