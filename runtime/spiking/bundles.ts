import { item } from "../../compiler/ir/core/index.ts";
import { addRow } from "./add-row.ts";
import { type Inbox, slotOf } from "./inbox.ts";
import type { Wire } from "./wire.ts";

/** Wires of one population that walk the same rows: the lanes of a value read their sources through one map. */
export interface Bundle {
  readonly offsets: Int32Array;
  readonly place: Int32Array;
  readonly weight: Float64Array;
  readonly wires: readonly Wire[];
}

export const bundlesOf = (wires: readonly Wire[]): readonly Bundle[] => {
  const byPlaces = new Map<Int32Array, Wire[]>();
  for (const wire of wires) byPlaces.set(wire.place, [...(byPlaces.get(wire.place) ?? []), wire]);
  return [...byPlaces.values()].map((same) => ({ ...item(same, 0), wires: same }));
};

/** All messages through one bundle: a row is in the cache for all of its wires. */
const sendBundle = (
  bundle: Bundle,
  inboxes: readonly Inbox[],
  elements: Int32Array,
  count: number,
  amount: number,
  step: number,
): number => {
  const { offsets, place, weight, wires } = bundle;
  const gains = wires.map((wire) => wire.gain * amount);
  const slots = wires.map(({ to, delay }) => slotOf(item(inboxes, to), step + 1 + delay));
  const sums = wires.map(({ to }, w) => item(item(inboxes, to).slots, item(slots, w)));
  let walked = 0;
  for (let m = 0; m < count; m++) {
    const element = elements[m] ?? 0;
    const first = offsets[element] ?? 0;
    const end = offsets[element + 1] ?? 0;
    if (first === end) continue;
    walked += end - first;
    for (let w = 0; w < wires.length; w++) addRow(place, weight, first, end, item(sums, w), item(gains, w));
  }
  if (walked === 0) return 0;
  wires.forEach(({ to }, w) => {
    item(inboxes, to).touched[item(slots, w)] = 1;
  });
  return walked * wires.length;
};

/** Messages of one amount from the first `count` elements through all wires of a population; the synapses walked. */
export const sendBundles = (
  bundles: readonly Bundle[],
  inboxes: readonly Inbox[],
  elements: Int32Array,
  count: number,
  amount: number,
  step: number,
): number => {
  let walked = 0;
  for (const bundle of bundles) walked += sendBundle(bundle, inboxes, elements, count, amount, step);
  return walked;
};
