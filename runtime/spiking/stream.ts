/**
 * Theorem A: every step each population sends clip(f(S) - k, -slew, slew) and adds it to its tracer k. On a DAG this
 * ends, and then k = f(S) everywhere, whatever the delays.
 */
import { item } from "../../compiler/ir/core/index.ts";
import type { Carrier, Delivery } from "./delivery.ts";
import { greatestOf } from "./gate.ts";
import { clearSlot, type Inbox, openInbox } from "./inbox.ts";
import { givenLevels, type Inputs } from "./inputs.ts";
import type { Recorder } from "./recorder.ts";
import { type SpikingRun, sampleRun } from "./result.ts";
import { countersOf, openTally, type Tally } from "./tally.ts";
import type { Site, Wiring } from "./wiring.ts";

export interface StreamOptions {
  readonly carrier: Carrier;
  readonly recorder: Recorder | null;
}

/** A population that follows its sums. */
interface Tracker {
  readonly site: Site;
  readonly inbox: Inbox;
  /** What has arrived, by place of the inbox. */
  readonly arrived: Float64Array;
  /** S by element: `arrived` itself, but for gates. */
  readonly sums: Float64Array;
  /** Sum of what was sent. */
  readonly tracer: Float64Array;
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

const trackerOf = (site: Site, inbox: Inbox, levels: Inputs): Tracker => {
  const given = site.population.model.kind === "input" ? givenLevels(site.population, levels).slice() : null;
  const arrived = given ?? new Float64Array(site.width);
  const sums = site.incidence === null ? arrived : new Float64Array(site.size);
  return { site, inbox, arrived, sums, tracer: new Float64Array(site.size), slew: slewOf(site), busy: false };
};

const add = (into: Float64Array, values: Float64Array, base: number): void => {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) + (values[base + i] ?? 0);
};

/** Takes in what acts at this step. */
const receive = (tracker: Tracker, step: number): void => {
  const { site, inbox, arrived, sums } = tracker;
  const slot = step % inbox.depth;
  if (inbox.touched[slot] === 1) {
    add(arrived, inbox.sums, slot * inbox.width);
    clearSlot(inbox, slot);
    tracker.busy = true;
  }
  if (step === site.population.start) {
    if (site.bias !== null) add(arrived, site.bias, 0);
    tracker.busy = true;
  }
  if (tracker.busy && site.incidence !== null) greatestOf(site.incidence, arrived, sums);
};

interface Stream {
  readonly delivery: Delivery;
  readonly recorder: Recorder | null;
  readonly tally: Tally;
}

/** One step of a population that has begun. */
const follow = ({ delivery, recorder, tally }: Stream, tracker: Tracker, step: number): void => {
  const { site, sums, tracer, slew } = tracker;
  let messages = 0;
  let behind = false;
  for (let e = 0; e < site.size; e++) {
    const gap = site.staircase.level(Math.floor(e / site.inner), sums[e] ?? 0) - (tracer[e] ?? 0);
    if (gap === 0) continue;
    const digit = Math.max(-slew, Math.min(slew, gap));
    if (digit !== gap) behind = true;
    tracer[e] = (tracer[e] ?? 0) + digit;
    messages++;
    tally.synapses += delivery.send(site.index, e, digit, step);
    recorder?.({ population: site.id, element: e, step, place: 0, digit });
  }
  tracker.busy = behind;
  tally.spikes[site.index] = item(tally.spikes, site.index) + messages;
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

/** Runs one sample of input levels until nothing moves. Throws when that takes more steps than the proved bound. */
export const runStream = (
  wiring: Wiring,
  levels: Inputs,
  { carrier, recorder }: StreamOptions,
): SpikingRun => {
  const { network, sites } = wiring;
  const { schedule } = network;
  if (schedule.kind !== "stream") throw new Error(`${network.name} is no stream`);
  const inboxes = sites.map((site) => openInbox(site, site.delay + carrier.extraDelay + 2, false));
  const trackers = sites.map((site) => trackerOf(site, item(inboxes, site.index), levels));
  const tally = openTally(wiring);
  const stream: Stream = { delivery: carrier.open(wiring, inboxes), recorder, tally };
  const depth = sites.reduce((most, { population }) => Math.max(most, population.start), 0);
  const limit = schedule.steps + depth * carrier.extraDelay;
  for (let step = 0; step === 0 || !isQuiet(trackers, step - 1); step++) {
    if (step === limit) throw new Error(`${network.name} still moves after its bound of ${limit} steps`);
    runStep(stream, trackers, step);
    tally.steps = step + 1;
  }
  const values = trackers.map((t) => (t.slew === 0 ? t.sums : t.tracer));
  return { ...sampleRun(wiring, values), counters: countersOf(wiring, tally) };
};
