import { item } from "../../compiler/ir/core/index.ts";
import { addRow } from "./add-row.ts";
import { sendBundles } from "./bundles.ts";
import { type Inbox, slotOf } from "./inbox.ts";
import type { Wiring } from "./wiring.ts";

/** Turns messages into additions to the inboxes of their targets. */
export interface Delivery {
  /** A sample of so many steps begins: its steps count from 0. For those that keep count; only streams say it. */
  readonly begin?: (steps: number) => void;
  /**
   * A message of `element` of population number `from`: `amount` is its digit times the gain of the digit's place.
   * It acts at step + 1 + delay; inboxes of one slot (phases) take it at once. Returns the number of synapses walked.
   */
  readonly send: (from: number, element: number, amount: number, step: number) => number;
  /** The same for messages of one amount from the first `count` elements of a list, where that can be done faster. */
  readonly sendAll?: (
    from: number,
    elements: Int32Array,
    count: number,
    amount: number,
    step: number,
  ) => number;
}

/** A way to deliver: from a network's projections, or from the synapse lists of a machine's cores. */
export interface Carrier {
  /** Greatest delay that it adds to that of a projection, in steps. */
  readonly extraDelay: number;
  readonly open: (wiring: Wiring, inboxes: readonly Inbox[]) => Delivery;
}

/** Extra steps of a message on one projection: at most `most`. */
export interface Jitter {
  readonly most: number;
  readonly next: () => number;
}

/** Walks the rows of the projections; `jitter` delays every message on every projection on its own. */
export const byProjection = (jitter: Jitter | null = null): Carrier => ({
  extraDelay: jitter?.most ?? 0,
  open: ({ sites }, inboxes) => {
    const send: Delivery["send"] = (from, element, amount, step) => {
      const wires = sites[from]?.wires ?? [];
      let walked = 0;
      for (const { to, offsets, place, weight, gain, delay } of wires) {
        const inbox = item(inboxes, to);
        const slot = slotOf(inbox, step + 1 + delay + (jitter === null ? 0 : jitter.next()));
        const first = offsets[element] ?? 0;
        const end = offsets[element + 1] ?? 0;
        if (first === end) continue;
        addRow(place, weight, first, end, item(inbox.slots, slot), amount * gain);
        inbox.touched[slot] = 1;
        walked += end - first;
      }
      return walked;
    };
    if (jitter !== null) return { send };
    const sendAll: Delivery["sendAll"] = (from, elements, count, amount, step) =>
      sendBundles(sites[from]?.bundles ?? [], inboxes, elements, count, amount, step);
    return { send, sendAll };
  },
});

/** Sends messages of one amount from the first `count` elements; returns the number of synapses walked. */
export const sendMany = (
  { send, sendAll }: Delivery,
  from: number,
  elements: Int32Array,
  count: number,
  amount: number,
  step: number,
): number => {
  if (count === 0) return 0;
  if (sendAll !== undefined) return sendAll(from, elements, count, amount, step);
  let walked = 0;
  for (let i = 0; i < count; i++) walked += send(from, elements[i] ?? 0, amount, step);
  return walked;
};
