/**
 * Theorem A: every step each population sends clip(f(S) - k, -slew, slew) and adds it to its tracer k. On a DAG this
 * ends, and then k = f(S) everywhere, whatever the delays.
 */
import { item } from "../../compiler/ir/core/index.ts";
import { type Carrier, type Delivery, sendMany } from "./delivery.ts";
import { type Inbox, openInbox } from "./inbox.ts";
import type { Inputs } from "./inputs.ts";
import type { Recorder } from "./recorder.ts";
import { type SpikingRun, sampleRun } from "./result.ts";
import { countersOf, openTally, type Tally } from "./tally.ts";
import { channelOf, move, receive, type Tracker, trackerOf } from "./tracker.ts";
import type { Site, Wiring } from "./wiring.ts";

export interface StreamOptions {
  readonly carrier: Carrier;
  readonly recorder: Recorder | null;
}

interface Stream {
  readonly delivery: Delivery;
  readonly recorder: Recorder | null;
  readonly tally: Tally;
}

const tell = (
  { recorder }: Stream,
  { id }: Site,
  elements: Int32Array,
  count: number,
  digit: number,
  step: number,
): void => {
  for (let i = 0; recorder !== null && i < count; i++)
    recorder({ population: id, element: elements[i] ?? 0, step, place: 0, digit });
};

/** A step of unit slew: +1 where S >= J of k + 1, -1 where S < J of k. */
const followByOne = (stream: Stream, tracker: Tracker, step: number): void => {
  const { site, sums, floor, ceiling, up, down } = tracker;
  let rising = 0;
  let falling = 0;
  tracker.busy = false;
  for (let e = 0; e < site.size; e++) {
    const sum = sums[e] ?? 0;
    const rises = sum >= (ceiling[e] ?? 0);
    if (!rises && sum >= (floor[e] ?? 0)) continue;
    if (rises) up[rising++] = e;
    else down[falling++] = e;
    if (move(tracker, e, sum, rises ? 1 : -1)) tracker.busy = true;
  }
  const { delivery, tally } = stream;
  tally.synapses +=
    sendMany(delivery, site.index, up, rising, 1, step) +
    sendMany(delivery, site.index, down, falling, -1, step);
  tally.spikes[site.index] = item(tally.spikes, site.index) + rising + falling;
  tell(stream, site, up, rising, 1, step);
  tell(stream, site, down, falling, -1, step);
};

/** A step of any slew: clip(f(S) - k, -slew, slew). */
const followBySlew = (stream: Stream, tracker: Tracker, step: number): void => {
  const { site, sums, tracer, slew } = tracker;
  tracker.busy = false;
  for (let e = 0; e < site.size; e++) {
    const sum = sums[e] ?? 0;
    const gap = site.staircase.level(channelOf(site, e), sum) - (tracer[e] ?? 0);
    if (gap === 0) continue;
    const digit = Math.max(-slew, Math.min(slew, gap));
    tracer[e] = (tracer[e] ?? 0) + digit;
    if (digit !== gap) tracker.busy = true;
    stream.tally.synapses += stream.delivery.send(site.index, e, digit, step);
    stream.tally.spikes[site.index] = item(stream.tally.spikes, site.index) + 1;
    stream.recorder?.({ population: site.id, element: e, step, place: 0, digit });
  }
};

/** One step of a population that has begun. */
const follow = (stream: Stream, tracker: Tracker, step: number): void => {
  if (tracker.slew === 1) followByOne(stream, tracker, step);
  else followBySlew(stream, tracker, step);
};

const runStep = (stream: Stream, trackers: readonly Tracker[], step: number): void => {
  for (const tracker of trackers) {
    receive(tracker, step);
    if (tracker.slew > 0) stream.tally.updates += tracker.site.size;
    if (tracker.slew === 0) tracker.busy = false;
    else if (tracker.busy && step >= tracker.site.population.start) follow(stream, tracker, step);
  }
};

/** Nothing is under way, and nobody waits for its start. */
const isQuiet = (trackers: readonly Tracker[], step: number): boolean =>
  trackers.every(
    ({ busy, site, inbox }) => !busy && site.population.start <= step && !inbox.touched.includes(1),
  );

/** True when no message takes more than one step, and `start` orders readers behind their sources. */
const isDirect = ({ network, siteOf }: Wiring, carrier: Carrier): boolean =>
  carrier.extraDelay === 0 &&
  network.projections.every(
    ({ from, to, delay }) => delay === 0 && siteOf(from).population.start < siteOf(to).population.start,
  );

/**
 * Readers first. Then a message of this step reaches a reader that is done with it, and acts in the next: where no delay
 * is longer than that, senders may add to its sums at once, and an inbox needs one slot.
 */
const openTrackers = (wiring: Wiring, inboxes: readonly Inbox[], levels: Inputs): readonly Tracker[] =>
  [...wiring.sites]
    .sort((a, b) => b.population.start - a.population.start)
    .map((site) => trackerOf(site, item(inboxes, site.index), levels));

/** Runs one sample of input levels until nothing moves. Throws when that takes more steps than the proved bound. */
export const runStream = (
  wiring: Wiring,
  levels: Inputs,
  { carrier, recorder }: StreamOptions,
): SpikingRun => {
  const { network, sites } = wiring;
  const { schedule } = network;
  if (schedule.kind !== "stream") throw new Error(`${network.name} is no stream`);
  const direct = isDirect(wiring, carrier);
  const inboxes = sites.map((site) =>
    openInbox(site, direct ? 1 : site.delay + carrier.extraDelay + 2, false),
  );
  const trackers = openTrackers(wiring, inboxes, levels);
  const tally = openTally(wiring);
  const stream: Stream = { delivery: carrier.open(wiring, inboxes), recorder, tally };
  const depth = sites.reduce((most, { population }) => Math.max(most, population.start), 0);
  const limit = schedule.steps + depth * carrier.extraDelay;
  for (let step = 0; step === 0 || !isQuiet(trackers, step - 1); step++) {
    if (step === limit) throw new Error(`${network.name} still moves after its bound of ${limit} steps`);
    runStep(stream, trackers, step);
    tally.steps = step + 1;
  }
  const values = new Map(trackers.map((t) => [t.site.index, t.slew === 0 ? t.sums : t.tracer]));
  const bySite = sites.map(({ index }) => values.get(index) ?? new Float64Array(0));
  return { ...sampleRun(wiring, bySite), counters: countersOf(wiring, tally) };
};
