import { carrierOf, type Meter } from "../../runtime/cycle/index.ts";
import {
  byProjection,
  type Carrier,
  type EventStream,
  type Message,
  openStreams,
  type Recorder,
  type StreamRun,
} from "../../runtime/spiking/index.ts";
import { nowhere, Rejected } from "../diagnostics/index.ts";
import { type MachineProgram, type SpikingNetwork, sizeOf, spreadTo } from "../ir/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { Evaluation } from "./documents.ts";
import { argmax } from "./evaluate.ts";
import type { StreamPort, StreamSet } from "./streams.ts";

type Streams = ReadonlyMap<string, EventStream>;

/** A native target to run. */
export interface NativeSubject {
  readonly target: string;
  readonly program: MachineProgram;
}

export interface NativeOptions {
  /** Run the emitted program too, and compare every spike and output. */
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

const neuronsOf = ({ populations }: SpikingNetwork): number =>
  populations.filter(isNeuron).reduce((sum, p) => sum + sizeOf(p.shape), 0);

/** Class of a run: the greatest element of the first output; the first of equals. */
const classOf = ({ outputs }: SpikingNetwork, run: StreamRun): number => {
  const [first] = outputs;
  const found = first === undefined ? undefined : run.outputs.get(first.name);
  if (first === undefined || found === undefined) throw new Error("a network has no output");
  const scale = spreadTo(Float64Array.from(first.scale), found.data.length);
  return argmax(found.data.map((x, i) => x * (scale[i] ?? 1)));
};

const isSame = (a: Message, b: Message | undefined): boolean =>
  a.population === b?.population && a.element === b.element && a.step === b.step && a.digit === b.digit;

/** Neurons whose spikes are not the same in both runs. Within a step the order of sending means nothing. */
const differing = (a: readonly Message[], b: readonly Message[]): number => {
  if (a.length === b.length && a.every((m, i) => isSame(m, b[i]))) return 0;
  const open = new Map<string, { readonly neuron: string; count: number }>();
  const count = (messages: readonly Message[], by: number): void => {
    for (const { population, element, step, digit } of messages) {
      const neuron = `${population} ${element}`;
      const key = `${neuron} ${step} ${digit}`;
      const sent = open.get(key) ?? { neuron, count: 0 };
      open.set(key, sent);
      sent.count += by;
    }
  };
  count(a, 1);
  count(b, -1);
  return new Set([...open.values()].flatMap((sent) => (sent.count === 0 ? [] : [sent.neuron]))).size;
};

/** Elements of outputs that are not the same: a potential is read where its neuron does not spike, too. */
const differingOutputs = (a: StreamRun, b: StreamRun): number =>
  [...a.outputs].reduce(
    (sum, [name, { data }]) => sum + data.filter((x, i) => x !== b.outputs.get(name)?.data[i]).length,
    0,
  );

/** A second run of every sample, by other means than the first. */
interface Twin {
  /** Sees the messages of the first run. */
  readonly recorder: Recorder;
  /** Runs a sample again; `off` neurons spiked otherwise, or, where none did, gave another output. */
  readonly compare: (run: StreamRun, streams: Streams) => { readonly again: StreamRun; readonly off: number };
}

const openTwin = (network: SpikingNetwork, carrier: Carrier): Twin => {
  const own: Message[] = [];
  const other: Message[] = [];
  const runner = openStreams(network, { carrier, recorder: (m) => other.push(m) });
  return {
    recorder: (m) => own.push(m),
    compare: (run, streams) => {
      const again = runner.run(streams);
      const off = differing(own, other) || differingOutputs(run, again);
      own.length = 0;
      other.length = 0;
      return { again, off };
    },
  };
};

interface Totals {
  correct: number;
  machineCorrect: number;
  labelled: number;
  /** Of the longest sample. */
  steps: number;
  allSteps: number;
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
  totals.allSteps += run.counters.steps;
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
): Evaluation => {
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

const noTotals = (): Totals => ({
  correct: 0,
  machineCorrect: 0,
  labelled: 0,
  steps: 0,
  allSteps: 0,
  spikes: 0,
  synapses: 0,
  updates: 0,
  mismatchedSamples: 0,
  mismatchedNeurons: 0,
});

/**
 * Runs streams through a native network; `machine` runs the emitted lists beside it, and compares every spike and every
 * output.
 */
export const evaluateNative = (
  subject: NativeSubject,
  port: StreamPort,
  data: StreamSet,
  options: NativeOptions,
): { readonly run: Evaluation; readonly allSteps: number } => {
  const started = options.clock();
  const { network } = subject.program;
  const { meter } = options;
  const twin = options.machine
    ? openTwin(network, meter === null ? carrierOf(subject.program) : byProjection())
    : null;
  const carrier = meter === null ? byProjection() : carrierOf(subject.program, meter);
  const runner = openStreams(network, { carrier, recorder: twin?.recorder ?? null });
  const totals = noTotals();
  for (let index = 0; index < data.size; index++) {
    const { stream, label } = data.sample(index);
    const streams = new Map([[port.name, stream]]);
    const run = runner.run(streams);
    addRun(network, run, totals);
    if (label !== null) totals.labelled++;
    if (label !== null && classOf(network, run) === label) totals.correct++;
    if (twin !== null) {
      const { again, off } = twin.compare(run, streams);
      if (label !== null && classOf(network, again) === label) totals.machineCorrect++;
      totals.mismatchedNeurons += off;
      if (off > 0) totals.mismatchedSamples++;
    }
    options.progress(index + 1, data.size);
  }
  return {
    run: documentOf(subject, data, totals, options, (options.clock() - started) / 1000),
    allSteps: totals.allSteps,
  };
};
