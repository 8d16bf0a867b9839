/**
 * Networks that spike by themselves, under a clock: streams of events come in, membranes step, messages of a step reach
 * populations behind them in the same step where the clock has no hop, and in a later one where there is a delay.
 */
import { unreachable } from "../../../compiler/diagnostics/index.ts";
import { item, type Numbers, sameShape, showShape } from "../../../compiler/ir/core/index.ts";
import type { PopulationId, Schedule, SpikingNetwork } from "../../../compiler/ir/spiking/index.ts";
import { byProjection, type Carrier, type Delivery, sendMany } from "../delivery.ts";
import { clearSlot, type Inbox, openInbox, slotOf } from "../inbox.ts";
import { inputName } from "../inputs.ts";
import { type MembraneStep, membraneStep } from "../membrane-step.ts";
import type { Recorder } from "../recorder.ts";
import { type Counters, countersOf, openTally, type Tally } from "../tally.ts";
import { keepsSigns, type Site, type Wiring, wiringOf } from "../wiring.ts";
import type { EventStream } from "./event-stream.ts";
import { orderOf } from "./order.ts";
import { collect, nothing, type Outbox } from "./outbox.ts";
import { openReading, type Reading, readMessage, readStep, restartReading, valueOfReading } from "./reads.ts";
import { stepSigmaDeltas } from "./sigma-delta.ts";
import { openState, restart, type SiteState } from "./site-state.ts";
import {
  openTrace,
  type Probe,
  type Quantity,
  type Trace,
  traceMessage,
  traceStep,
  valueOfTrace,
} from "./trace.ts";

export interface StreamOptions {
  /** How messages reach their targets; by default along the projections. */
  readonly carrier?: Carrier;
  /** What to keep of every step. */
  readonly probes?: readonly Probe[];
  /** Sees every message; `digit` is its size. */
  readonly recorder?: Recorder | null;
}

/** One sample. */
export interface StreamRun {
  /** By output name, as read: scales are not applied. */
  readonly outputs: ReadonlyMap<string, Numbers>;
  /** [steps, ...shape] of a probe. Throws when there is no such probe. */
  readonly trace: (population: PopulationId, quantity: Quantity) => Numbers;
  readonly counters: Counters;
}

/** A network that is ready to run samples, one after the other; each begins with the start of every state. */
export interface StreamRunner {
  /**
   * Runs one sample. `streams` are by input name; those that end early are silent then. `steps` is by default what the
   * schedule says, or the length of the longest stream.
   */
  readonly run: (streams: ReadonlyMap<string, EventStream>, steps?: number) => StreamRun;
}

type Clock = Extract<Schedule, { readonly kind: "clock" }>;

interface Machine {
  readonly wiring: Wiring;
  readonly clock: Clock;
  readonly states: readonly SiteState[];
  /** Sites in the order of a step. */
  readonly order: readonly number[];
  readonly inboxes: readonly Inbox[];
  readonly delivery: Delivery;
  readonly step: MembraneStep;
  readonly readings: readonly (readonly Reading[])[];
  readonly recorder: Recorder | null;
}

interface Sample {
  readonly machine: Machine;
  readonly streams: readonly (EventStream | null)[];
  readonly tally: Tally;
  readonly traces: readonly (readonly Trace[])[];
}

/** Sends the messages of a step, and shows them to who reads or keeps them. */
const emit = (sample: Sample, site: Site, { elements, amounts, count }: Outbox, step: number): void => {
  if (count === 0) return;
  const { machine, tally } = sample;
  const { index } = site;
  tally.spikes[index] = item(tally.spikes, index) + count;
  const readings = item(machine.readings, index);
  const traces = item(sample.traces, index);
  if (amounts === null) tally.synapses += sendMany(machine.delivery, index, elements, count, 1, step);
  for (let i = 0; i < count; i++) {
    const element = elements[i] ?? 0;
    const amount = amounts === null ? 1 : (amounts[i] ?? 0);
    if (amounts !== null) tally.synapses += machine.delivery.send(index, element, amount, step);
    for (const reading of readings) readMessage(reading, element, amount, step);
    for (const trace of traces) traceMessage(trace, element, amount, step);
    machine.recorder?.({ population: site.id, element, step, place: 0, digit: amount });
  }
};

const eventsOf = (stream: EventStream | null, step: number): Outbox => {
  if (stream === null || step >= stream.steps) return nothing;
  const [first, end] = [stream.offsets[step] ?? 0, stream.offsets[step + 1] ?? 0];
  const amounts = stream.amount === null ? null : stream.amount.subarray(first, end);
  return { elements: stream.element.subarray(first, end), amounts, count: end - first };
};

/** What arrived and the bias, of which a relay keeps nothing. */
const passOn = (sums: Float64Array, bias: Float64Array | null, sent: Float64Array): void => {
  for (let e = 0; e < sent.length; e++) sent[e] = (sums[e] ?? 0) + (bias?.[e] ?? 0);
};

/** Steps membranes; those that rest and get nothing are left alone. */
const stepMembranes = (
  { machine, tally }: Sample,
  state: Extract<SiteState, { readonly kind: "membrane" }>,
  inbox: Inbox,
  slot: number,
): Outbox => {
  const { cells, lists } = state;
  tally.updates += cells.size;
  if (cells.settled && inbox.touched[slot] !== 1) return nothing;
  machine.step(cells, inbox, slot, tally);
  const { fired, count } = cells;
  if (cells.threshold !== null) return { elements: fired, amounts: null, count };
  for (let i = 0; i < count; i++) lists.amounts[i] = cells.v[fired[i] ?? 0] ?? 0;
  return { elements: fired, amounts: lists.amounts, count };
};

/** The update of one population; returns what it sends. */
const stepSite = (sample: Sample, state: SiteState, step: number): Outbox => {
  const { site } = state;
  const inbox = item(sample.machine.inboxes, site.index);
  const slot = slotOf(inbox, step);
  switch (state.kind) {
    case "events":
      return eventsOf(item(sample.streams, site.index), step);
    case "relay":
      passOn(item(inbox.slots, slot), site.bias, state.sent);
      return collect(state.lists, state.sent);
    case "sum":
      for (let e = 0; e < site.size; e++)
        state.sums[e] = (state.sums[e] ?? 0) + (inbox.slots[slot]?.[e] ?? 0) + (site.bias?.[e] ?? 0);
      return nothing;
    case "membrane":
      return stepMembranes(sample, state, inbox, slot);
    case "sigmaDelta":
      sample.tally.updates += site.size;
      stepSigmaDeltas(state.cells, inbox, slot);
      return collect(state.lists, state.cells.sent);
    default:
      return unreachable(state);
  }
};

/** True at the step at which a restart of the schedule reaches a population. */
const restartsAt = ({ interval, restart: restarts }: Clock, { population }: Site, step: number): boolean =>
  restarts && interval !== null && step >= population.start && (step - population.start) % interval === 0;

const runStep = (sample: Sample, step: number): void => {
  const { machine } = sample;
  for (const index of machine.order) {
    const state = item(machine.states, index);
    if (restartsAt(machine.clock, state.site, step)) restart(state);
    const out = stepSite(sample, state, step);
    const inbox = item(machine.inboxes, index);
    const slot = slotOf(inbox, step);
    if (inbox.touched[slot] === 1) clearSlot(inbox, slot);
    emit(sample, state.site, out, step);
    for (const reading of item(machine.readings, index)) readStep(reading, step);
    for (const trace of item(sample.traces, index)) traceStep(trace, step);
  }
};

const openMachine = (
  network: SpikingNetwork,
  { carrier = byProjection(), probes = [], recorder = null }: StreamOptions,
): Machine => {
  const { schedule } = network;
  if (schedule.kind !== "clock") throw new Error(`${network.name} has no clock`);
  const wiring = wiringOf(network);
  const bySign = keepsSigns(network);
  const inboxes = wiring.sites.map((site) => openInbox(site, site.delay + carrier.extraDelay + 2, bySign));
  const traced = new Set(probes.flatMap((p) => (p.quantity === "u" ? [p.population] : [])));
  const states = wiring.sites.map((site) => openState(site, traced.has(site.id)));
  return {
    wiring,
    clock: schedule,
    states,
    order: orderOf(wiring),
    inboxes,
    delivery: carrier.open(wiring, inboxes),
    step: membraneStep(network.arithmetic),
    readings: states.map((state) =>
      network.outputs.filter((o) => o.from === state.site.id).map((o) => openReading(o, state)),
    ),
    recorder,
  };
};

/** The streams by site. Throws when one is missing, has another shape or another name. */
const streamsOf = (
  { sites }: Wiring,
  streams: ReadonlyMap<string, EventStream>,
): readonly (EventStream | null)[] =>
  sites.map(({ population }) => {
    if (population.model.kind !== "events") return null;
    const name = inputName(population);
    const stream = streams.get(name);
    if (stream === undefined) throw new Error(`input ${name} is not given`);
    if (!sameShape(stream.shape, population.shape))
      throw new Error(
        `input ${name} has shape ${showShape(stream.shape)}, ${showShape(population.shape)} is needed`,
      );
    return stream;
  });

const restartMachine = ({ states, inboxes, readings }: Machine): void => {
  for (const state of states) restart(state);
  for (const inbox of inboxes) for (let slot = 0; slot < inbox.depth; slot++) clearSlot(inbox, slot);
  for (const reading of readings.flat()) restartReading(reading);
};

const finished = ({ machine, traces, tally }: Sample, steps: number): StreamRun => {
  const { wiring, readings } = machine;
  const kept = traces.flat();
  return {
    outputs: new Map(readings.flat().map((r) => [r.output.name, valueOfReading(r, steps)])),
    trace: (population, quantity) => {
      const found = kept.find((t) => t.probe.population === population && t.probe.quantity === quantity);
      if (found === undefined) throw new Error(`${quantity} of ${population} was not kept`);
      return valueOfTrace(found);
    },
    counters: countersOf(wiring, tally),
  };
};

/** Makes a network ready to run. Throws for schedules other than a clock and for cycles without a delay. */
export const openStreams = (network: SpikingNetwork, options: StreamOptions = {}): StreamRunner => {
  const { probes = [] } = options;
  const machine = openMachine(network, options);
  const { wiring, clock, states } = machine;
  return {
    run: (given, wanted) => {
      const streams = streamsOf(wiring, given);
      const longest = streams.reduce((most, s) => Math.max(most, s?.steps ?? 0), 0);
      const steps = wanted ?? (clock.steps > 0 ? clock.steps : longest);
      restartMachine(machine);
      machine.delivery.begin?.(steps);
      const traces = states.map((state) =>
        probes.filter((p) => p.population === state.site.id).map((p) => openTrace(p, state, steps)),
      );
      const sample: Sample = { machine, streams, tally: openTally(wiring), traces };
      for (let step = 0; step < steps; step++) runStep(sample, step);
      sample.tally.steps = steps;
      return finished(sample, steps);
    },
  };
};
