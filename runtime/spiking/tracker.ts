import { item } from "../../compiler/ir/core/index.ts";
import { greatestOf } from "./gate.ts";
import { clearSlot, type Inbox, slotOf } from "./inbox.ts";
import { givenLevels, type Inputs } from "./inputs.ts";
import type { Site } from "./wiring.ts";

/** A population that follows its sums. */
export interface Tracker {
  readonly site: Site;
  readonly inbox: Inbox;
  /** What has arrived, by place of the inbox; an inbox of one slot is that itself. */
  readonly arrived: Float64Array;
  /** S by element: `arrived` itself, but for gates. */
  readonly sums: Float64Array;
  /** Sum of what was sent. */
  readonly tracer: Float64Array;
  /** J_k and J_(k + 1) of the tracer, for unit slew: nothing is sent while the sum is between them. */
  readonly floor: Float64Array;
  readonly ceiling: Float64Array;
  /** Elements that send +1 and -1 in a step. */
  readonly up: Int32Array;
  readonly down: Int32Array;
  /** Greatest change of a step; 0 for read-outs. */
  readonly slew: number;
  /** Some f(S) may differ from its tracer. */
  busy: boolean;
}

const slewOf = (site: Site): number => {
  const { code, model, id } = site.population;
  if (model.kind === "sum") return 0;
  if (code.kind !== "tracking") throw new Error(`${id} has no tracking code`);
  return code.slew ?? Infinity;
};

export const channelOf = ({ inner }: Site, element: number): number => Math.floor(element / inner);

export const trackerOf = (site: Site, inbox: Inbox, levels: Inputs): Tracker => {
  const given = site.population.model.kind === "input" ? givenLevels(site.population, levels).slice() : null;
  const arrived = given ?? (inbox.depth === 1 ? item(inbox.slots, 0) : new Float64Array(site.width));
  const bound = (k: number) =>
    Float64Array.from({ length: site.size }, (_, e) => site.staircase.threshold(channelOf(site, e), k));
  return {
    site,
    inbox,
    arrived,
    sums: site.incidence === null ? arrived : new Float64Array(site.size),
    tracer: new Float64Array(site.size),
    floor: bound(0),
    ceiling: bound(1),
    up: new Int32Array(site.size),
    down: new Int32Array(site.size),
    slew: slewOf(site),
    busy: false,
  };
};

const add = (into: Float64Array, values: Float64Array): void => {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) + (values[i] ?? 0);
};

/** Takes in what acts at this step. */
export const receive = (tracker: Tracker, step: number): void => {
  const { site, inbox, arrived, sums } = tracker;
  const slot = slotOf(inbox, step);
  if (inbox.touched[slot] === 1) {
    if (inbox.depth > 1) {
      add(arrived, item(inbox.slots, slot));
      clearSlot(inbox, slot);
    }
    inbox.touched[slot] = 0;
    tracker.busy = true;
  }
  if (step === site.population.start) {
    if (site.bias !== null) add(arrived, site.bias);
    tracker.busy = true;
  }
  if (tracker.busy && site.incidence !== null) greatestOf(site.incidence, arrived, sums);
};

/** Moves a tracer and its bounds; true when the sum is still outside of them. */
export const move = (
  { site, tracer, floor, ceiling }: Tracker,
  element: number,
  sum: number,
  digit: number,
): boolean => {
  const k = (tracer[element] ?? 0) + digit;
  const channel = channelOf(site, element);
  const least = site.staircase.threshold(channel, k);
  const next = site.staircase.threshold(channel, k + 1);
  tracer[element] = k;
  floor[element] = least;
  ceiling[element] = next;
  return sum < least || sum >= next;
};
