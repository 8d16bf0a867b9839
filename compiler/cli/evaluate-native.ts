import { carrierOf, type Meter } from "../../runtime/cycle/index.ts";
import {
  byProjection,
  type Message,
  openStreams,
  type StreamRun,
  type StreamRunner,
} from "../../runtime/spiking/index.ts";
import { nowhere, Rejected } from "../diagnostics/index.ts";
import { type MachineProgram, type SpikingNetwork, sizeOf, spreadTo } from "../ir/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { RunDocument } from "./documents.ts";
import type { StreamPort, StreamSet } from "./streams.ts";

/** A native target to run. */
export interface NativeSubject {
  readonly target: string;
  readonly program: MachineProgram;
}

export interface NativeOptions {
  /** Run the emitted program too, and compare every spike. */
  readonly machine: boolean;
  /** Run the program core by core instead of the projections, and count. */
  readonly meter: Meter | null;
  readonly progress: (done: number, total: number) => void;
  readonly clock: () => number;
}

/** The one input that data feed. */
export const portOfNetwork = ({ populations, schedule }: SpikingNetwork): StreamPort => {
  const inputs = populations.flatMap((p) => (p.model.kind === "events" ? [{ p, code: p.model.code }] : []));
  const [input, ...more] = inputs;
  if (input === undefined || more.length > 0)
    throw new Rejected([cliDiagnostics.report("several-inputs", nowhere, { count: inputs.length })]);
  const { p, code } = input;
  const seconds = schedule.kind === "clock" ? schedule.seconds : null;
  return { name: p.origins[0]?.name ?? p.id, shape: p.shape, code, seconds };
};

/** Neurons of a network: everything but inputs, and sums and relays, which have no state of their own. */
const isNeuron = ({ model }: SpikingNetwork["populations"][number]): boolean =>
  model.kind === "membrane" || model.kind === "sigmaDelta";

export const neuronsOf = ({ populations }: SpikingNetwork): number =>
  populations.filter(isNeuron).reduce((sum, p) => sum + sizeOf(p.shape), 0);

/** Class of a run: the greatest element of the first output; the first of equals. */
const classOf = ({ outputs }: SpikingNetwork, run: StreamRun): number => {
  const [first] = outputs;
  const found = first === undefined ? undefined : run.outputs.get(first.name);
  if (first === undefined || found === undefined) throw new Error("a network has no output");
  const scale = spreadTo(Float64Array.from(first.scale), found.data.length);
  const real = found.data.map((x, i) => x * (scale[i] ?? 1));
  return real.reduce((best, x, i) => (x > (real[best] ?? -Infinity) ? i : best), 0);
};

/** Messages of a run, in the order of sending. */
interface Recording {
  readonly messages: Message[];
}

const runnerFor = (
  network: SpikingNetwork,
  { program }: NativeSubject,
  { meter }: NativeOptions,
  recording: Recording | null,
): StreamRunner => {
  const recorder = recording === null ? null : (m: Message) => recording.messages.push(m);
  return openStreams(
    network,
    meter === null ? { recorder } : { recorder, carrier: carrierOf(program, meter) },
  );
};

/** Neurons whose spikes are not the same in both runs. Within a step the order of sending means nothing. */
const differing = (a: readonly Message[], b: readonly Message[]): number => {
  const same = a.every((m, i) => {
    const n = b[i];
    return (
      n !== undefined &&
      m.population === n.population &&
      m.element === n.element &&
      m.step === n.step &&
      m.digit === n.digit
    );
  });
  if (same && a.length === b.length) return 0;
  const keyOf = ({ population, element, step, digit }: Message): string =>
    `${population} ${element} ${step} ${digit}`;
  const open = new Map<string, number>();
  for (const m of a) open.set(keyOf(m), (open.get(keyOf(m)) ?? 0) + 1);
  for (const m of b) open.set(keyOf(m), (open.get(keyOf(m)) ?? 0) - 1);
  const neurons = new Set<string>();
  for (const [key, count] of open) if (count !== 0) neurons.add(key.split(" ").slice(0, 2).join(" "));
  return neurons.size;
};

interface Totals {
  correct: number;
  machineCorrect: number;
  labelled: number;
  steps: number;
  spikes: number;
  synapses: number;
  updates: number;
  mismatchedSamples: number;
  mismatchedNeurons: number;
}

const spikesOfNeurons = ({ populations }: SpikingNetwork, { counters }: StreamRun): number =>
  populations.filter(isNeuron).reduce((sum, p) => sum + (counters.spikes.get(p.id) ?? 0), 0);

const addRun = (network: SpikingNetwork, run: StreamRun, totals: Totals): void => {
  totals.steps = Math.max(totals.steps, run.counters.steps);
  totals.spikes += spikesOfNeurons(network, run);
  totals.synapses += run.counters.synapticOperations;
  totals.updates += run.counters.neuronUpdates;
};

const documentOf = (
  subject: NativeSubject,
  data: StreamSet,
  totals: Totals,
  { machine }: NativeOptions,
  seconds: number,
): Omit<RunDocument, "schema"> => {
  const { network } = subject.program;
  const neurons = neuronsOf(network);
  const correct = (n: number): { readonly correct?: number } => (totals.labelled === 0 ? {} : { correct: n });
  const compared = machine ? data.size : 0;
  return {
    target: subject.target,
    mode: "native",
    samples: data.size,
    levels: {
      spiking: correct(totals.correct),
      ...(machine ? { machine: correct(totals.machineCorrect) } : {}),
    },
    equality: {
      against: machine ? "machine" : "none",
      samples: compared,
      mismatchedSamples: totals.mismatchedSamples,
      neurons: compared * neurons,
      mismatchedNeurons: totals.mismatchedNeurons,
    },
    cost: {
      steps: totals.steps,
      spikes: totals.spikes / data.size,
      spikesPerNeuron: totals.spikes / data.size / Math.max(1, neurons),
      synapticOperations: totals.synapses / data.size,
      neuronUpdates: totals.updates / data.size,
    },
    seconds,
  };
};

/** Runs streams through a native network; `machine` runs the emitted lists beside it and compares every spike. */
export const evaluateNative = (
  subject: NativeSubject,
  port: StreamPort,
  data: StreamSet,
  options: NativeOptions,
): { readonly run: Omit<RunDocument, "schema">; readonly allSteps: number } => {
  const started = options.clock();
  const { network } = subject.program;
  const own: Recording | null = options.machine ? { messages: [] } : null;
  const lists: Recording = { messages: [] };
  const runner = runnerFor(network, subject, options, own);
  const carrier = options.meter === null ? carrierOf(subject.program) : byProjection();
  const machine = options.machine
    ? openStreams(network, { carrier, recorder: (m) => lists.messages.push(m) })
    : null;
  const totals: Totals = {
    correct: 0,
    machineCorrect: 0,
    labelled: 0,
    steps: 0,
    spikes: 0,
    synapses: 0,
    updates: 0,
    mismatchedSamples: 0,
    mismatchedNeurons: 0,
  };
  let allSteps = 0;
  for (let index = 0; index < data.size; index++) {
    const { stream, label } = data.sample(index);
    const streams = new Map([[port.name, stream]]);
    const run = runner.run(streams);
    addRun(network, run, totals);
    allSteps += run.counters.steps;
    if (label !== null) totals.labelled++;
    if (label !== null && classOf(network, run) === label) totals.correct++;
    if (machine !== null && own !== null) {
      const again = machine.run(streams);
      if (label !== null && classOf(network, again) === label) totals.machineCorrect++;
      const off = differing(own.messages, lists.messages);
      totals.mismatchedNeurons += off;
      if (off > 0) totals.mismatchedSamples++;
      own.messages.length = 0;
      lists.messages.length = 0;
    }
    options.progress(index + 1, data.size);
  }
  return {
    run: documentOf(subject, data, totals, options, (options.clock() - started) / 1000),
    allSteps,
  };
};
