/**
 * Networks of membranes under a clock: a spike sent at t acts at t + 1 + delay. Samples enter one after the other, every
 * `interval` steps, while earlier ones are still under way.
 */
import { item } from "../../compiler/ir/core/index.ts";
import { type Carrier, type Delivery, sendMany } from "./delivery.ts";
import { clearSlot, type Inbox, openInbox, slotOf } from "./inbox.ts";
import { givenLanes, type InputLane, inputLanes } from "./input-lanes.ts";
import type { Inputs } from "./inputs.ts";
import { type Collection, closeSample, collectionOf, type LiveSample, openSample } from "./live-samples.ts";
import { type Membranes, openMembranes } from "./membrane.ts";
import { type MembraneStep, membraneStep } from "./membrane-step.ts";
import type { Recorder } from "./recorder.ts";
import type { SampleRun } from "./result.ts";
import { type Counters, countersOf, openTally, type Tally } from "./tally.ts";
import { keepsSigns, type Site, type Wiring } from "./wiring.ts";

export interface ClockOptions {
  readonly carrier: Carrier;
  readonly recorder: Recorder | null;
}

/** A run over many samples: results come in the order of the samples, a few steps after each entered. */
export interface ClockRun {
  readonly samples: Iterable<SampleRun>;
  /** What was done so far. */
  readonly counters: () => Counters;
}

interface Clock {
  readonly wiring: Wiring;
  readonly interval: number;
  readonly collection: Collection;
  readonly lanes: readonly InputLane[];
  readonly starts: readonly Site[];
  readonly cells: readonly (Membranes | null)[];
  readonly membranes: readonly number[];
  readonly step: MembraneStep;
  readonly inboxes: readonly Inbox[];
  readonly delivery: Delivery;
  readonly recorder: Recorder | null;
  readonly tally: Tally;
  /** Samples under way, by index modulo its length. */
  readonly live: (LiveSample | null)[];
}

const cellsOf = (site: Site): Membranes | null => {
  const { model, id } = site.population;
  if (model.kind === "membrane") return openMembranes(site, model);
  if (model.kind !== "start" && model.kind !== "input")
    throw new Error(`${id} is a ${model.kind}, a clock runs membranes`);
  return null;
};

const openClock = (wiring: Wiring, { carrier, recorder }: ClockOptions): Clock => {
  const { network, sites } = wiring;
  const { schedule, arithmetic } = network;
  if (schedule.kind !== "clock" || schedule.interval === null)
    throw new Error(`${network.name} has no interval between samples`);
  const { interval } = schedule;
  const bySign = keepsSigns(network);
  const inboxes = sites.map((site) => openInbox(site, site.delay + carrier.extraDelay + 2, bySign));
  const collection = collectionOf(wiring);
  const cells = sites.map(cellsOf);
  return {
    wiring,
    interval,
    collection,
    lanes: inputLanes(wiring),
    starts: sites.filter(({ population }) => population.model.kind === "start"),
    cells,
    membranes: sites.flatMap((_, i) => (cells[i] === null ? [] : [i])),
    step: membraneStep(arithmetic),
    inboxes,
    delivery: carrier.open(wiring, inboxes),
    recorder,
    tally: openTally(wiring),
    live: Array.from({ length: Math.floor(collection.last / interval) + 2 }, () => null),
  };
};

/** The sample that step `within` of a sample falls on, if there is one under way. */
const sampleAt = ({ interval, live }: Clock, step: number, within: number): LiveSample | null => {
  const since = step - within;
  if (since < 0 || since % interval !== 0) return null;
  const index = since / interval;
  const sample = live[index % live.length] ?? null;
  return sample?.index === index ? sample : null;
};

/** Sends the spikes of a site and adds them to the values that they spell. */
const spike = (clock: Clock, site: number, fired: Int32Array, count: number, step: number): void => {
  const { delivery, recorder, tally, wiring, collection } = clock;
  tally.synapses += sendMany(delivery, site, fired, count, 1, step);
  tally.spikes[site] = item(tally.spikes, site) + count;
  for (const tap of item(collection.taps, site)) {
    const value = sampleAt(clock, step, tap.step)?.values[tap.value];
    if (value === undefined) continue;
    for (let i = 0; i < count; i++) {
      const e = fired[i] ?? 0;
      value[e] = (value[e] ?? 0) + tap.gain;
    }
  }
  if (recorder === null) return;
  const { id } = item(wiring.sites, site);
  for (let i = 0; i < count; i++)
    recorder({ population: id, element: fired[i] ?? 0, step, place: 0, digit: 1 });
};

const one = Int32Array.of(0);

/** A sample comes in: its lanes spike, and so does every start. */
const enter = (clock: Clock, index: number, inputs: Inputs, step: number): void => {
  clock.live[index % clock.live.length] = openSample(clock.collection, clock.wiring, index);
  for (const { index: site } of clock.starts) spike(clock, site, one, 1, step);
  for (const { lane, fired } of givenLanes(clock.lanes, inputs))
    spike(clock, lane, fired, fired.length, step);
};

const stepMembranes = (clock: Clock, step: number): void => {
  for (const site of clock.membranes) {
    const cells = clock.cells[site];
    if (cells === null || cells === undefined) continue;
    clock.tally.updates += cells.size;
    const inbox = item(clock.inboxes, site);
    const slot = slotOf(inbox, step);
    const touched = inbox.touched[slot] === 1;
    if (cells.settled && !touched) continue;
    clock.step(cells, inbox, slot, clock.tally);
    if (touched) clearSlot(inbox, slot);
    if (cells.count > 0) spike(clock, site, cells.fired, cells.count, step);
  }
};

/** Potentials of read-outs whose step this is. */
const read = (clock: Clock, step: number): void => {
  clock.collection.probes.forEach(({ output, site, step: within }, i) => {
    const sample = sampleAt(clock, step, within);
    const compared = clock.cells[site]?.compared;
    if (sample === null || compared === undefined) return;
    sample.reads[i] = compared.map((v) => (v - output.offset) / output.unit);
  });
};

function* runSamples(clock: Clock, samples: Iterable<Inputs>): Generator<SampleRun> {
  const waiting = samples[Symbol.iterator]();
  let entered = 0;
  let more = true;
  for (let step = 0, left = 0; more || left < entered; step++) {
    const next = more && step % clock.interval === 0 ? waiting.next() : null;
    if (next?.done === true) more = false;
    else if (next !== null) enter(clock, entered++, next.value, step);
    if (!more && left === entered) return;
    stepMembranes(clock, step);
    read(clock, step);
    clock.tally.steps = step + 1;
    const finished = sampleAt(clock, step, clock.collection.last);
    if (finished === null) continue;
    left++;
    clock.live[finished.index % clock.live.length] = null;
    yield closeSample(clock.collection, clock.wiring, finished);
  }
}

/** Runs samples of input levels through a network of membranes; only those under way are held. */
export const runClock = (wiring: Wiring, samples: Iterable<Inputs>, options: ClockOptions): ClockRun => {
  const clock = openClock(wiring, options);
  return { samples: runSamples(clock, samples), counters: () => countersOf(wiring, clock.tally) };
};
