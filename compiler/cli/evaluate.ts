import { runInteger } from "../../runtime/integer/index.ts";
import type { Counters, SampleRun } from "../../runtime/spiking/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { type IntegerGraph, type Numbers, nodesOf, numbers, type TensorGraph } from "../ir/index.ts";
import type { DataSet, Sample } from "../pass/index.ts";
import type { ValuePair } from "../pipeline/build.ts";
import type { Evaluation } from "./documents.ts";

/** What is compared and how: one target of a build. */
export interface Subject {
  readonly target: string;
  readonly mode: string;
  readonly float: TensorGraph;
  readonly host: TensorGraph | null;
  readonly integer: IntegerGraph;
  readonly pairs: readonly ValuePair[];
  /** Neurons that the spiking network has, input lanes apart. */
  readonly neurons: number;
  /** Runs samples through the spiking network, in order. */
  readonly spiking: Engine;
  /** Runs them through the emitted program. */
  readonly machine: Engine | null;
}

/** Samples in, runs out in the same order, and what all of them cost. */
export interface Engine {
  readonly run: (samples: readonly Sample[], each: (run: SampleRun, index: number) => void) => Counters;
}

export type ComparedLevel = "float" | "integer" | "machine";

export interface EvaluateOptions {
  readonly compare: readonly ComparedLevel[];
  /** Compare every neuron of every layer, not outputs only. */
  readonly neurons: boolean;
  readonly progress: (done: number, total: number) => void;
  readonly clock: () => number;
}

type Tally = { correct: number; labelled: number };

/** Index of the greatest value, the first of equals. */
export const argmax = (data: Float64Array): number =>
  data.reduce((best, v, i) => (v > (data[best] ?? -Infinity) ? i : best), 0);

const firstOf = (outputs: ReadonlyMap<string, Numbers>): Numbers => {
  const [first] = outputs.values();
  if (first === undefined) throw new Error("a network has no output");
  return first;
};

/** Real outputs of an integer run: integers times their scale, through the host's tail where there is one. */
const realOutputs = (
  subject: Subject,
  outputs: ReadonlyMap<string, Numbers>,
): ReadonlyMap<string, Numbers> => {
  const reals = new Map(
    subject.integer.outputs.map(({ name, value }) => {
      const { scale, shape } = value.type;
      const integersOf = outputs.get(name) ?? numbers(shape, new Float64Array(0));
      const inner = integersOf.data.length / (shape[0] ?? 1);
      const real = integersOf.data.map(
        (n, i) => n * (scale[scale.length === 1 ? 0 : Math.floor(i / inner)] ?? 1),
      );
      return [name, numbers(shape, real)] as const;
    }),
  );
  return subject.host === null ? reals : runTensor(subject.host, reals).outputs;
};

const vote = (tally: Tally, outputs: ReadonlyMap<string, Numbers>, label: number | null): void => {
  if (label === null) return;
  tally.labelled++;
  if (argmax(firstOf(outputs).data) === label) tally.correct++;
};

const differing = (a: Float64Array, b: Float64Array): number => {
  let count = 0;
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) count++;
  return count;
};

interface Equality {
  samples: number;
  mismatchedSamples: number;
  neurons: number;
  mismatchedNeurons: number;
}

/** Compares one run with the integer network: outputs, and every paired value when asked. */
const compareRun = (
  subject: Subject,
  integer: ReturnType<typeof runInteger>,
  run: SampleRun,
  neurons: boolean,
  equality: Equality,
): void => {
  let wrong = 0;
  for (const [name, value] of integer.outputs) {
    const found = run.outputs.get(name)?.data ?? new Float64Array(0);
    wrong += differing(value.data, found);
    if (!neurons) equality.neurons += value.data.length;
  }
  let off = neurons ? 0 : wrong;
  if (neurons) {
    const nodes = nodesOf(subject.integer);
    for (const { node, value } of subject.pairs) {
      const of = nodes[node];
      if (of === undefined) throw new Error(`the integer network has no node ${node}`);
      const wanted = integer.at(of).data;
      off += differing(wanted, run.at(value).data);
      equality.neurons += wanted.length;
    }
  }
  equality.samples++;
  equality.mismatchedNeurons += off;
  if (wrong + off > 0) equality.mismatchedSamples++;
};

const chunkSize = 64;

const scored = (tally: Tally): { readonly correct?: number } =>
  tally.labelled === 0 ? {} : { correct: tally.correct };

interface State {
  readonly float: Tally;
  readonly integer: Tally;
  readonly spiking: Tally;
  readonly machine: Tally;
  readonly equality: Equality;
  readonly machineEquality: Equality;
  readonly counters: { steps: number; spikes: number; synapticOperations: number; neuronUpdates: number };
}

const freshState = (): State => {
  const tally = (): Tally => ({ correct: 0, labelled: 0 });
  const equal = (): Equality => ({ samples: 0, mismatchedSamples: 0, neurons: 0, mismatchedNeurons: 0 });
  return {
    float: tally(),
    integer: tally(),
    spiking: tally(),
    machine: tally(),
    equality: equal(),
    machineEquality: equal(),
    counters: { steps: 0, spikes: 0, synapticOperations: 0, neuronUpdates: 0 },
  };
};

const addCounters = (state: State, counters: Counters): void => {
  state.counters.steps = counters.steps;
  state.counters.spikes += [...counters.spikes.values()].reduce((a, b) => a + b, 0);
  state.counters.synapticOperations += counters.synapticOperations;
  state.counters.neuronUpdates += counters.neuronUpdates;
};

const runChunk = (
  subject: Subject,
  samples: readonly Sample[],
  options: EvaluateOptions,
  state: State,
): void => {
  const integers = samples.map((s) => runInteger(subject.integer, s.inputs));
  samples.forEach(({ inputs, label }, i) => {
    if (options.compare.includes("float")) vote(state.float, runTensor(subject.float, inputs).outputs, label);
    const integer = integers[i];
    if (integer !== undefined) vote(state.integer, realOutputs(subject, integer.outputs), label);
  });
  const against =
    (tally: Tally, equality: Equality) =>
    (run: SampleRun, i: number): void => {
      const integer = integers[i];
      if (integer === undefined) return;
      vote(tally, realOutputs(subject, run.outputs), samples[i]?.label ?? null);
      compareRun(subject, integer, run, options.neurons, equality);
    };
  addCounters(state, subject.spiking.run(samples, against(state.spiking, state.equality)));
  if (subject.machine !== null && options.compare.includes("machine"))
    subject.machine.run(samples, against(state.machine, state.machineEquality));
};

/** Runs a data set at the levels asked for and compares every spiking run with the integer network. */
export const evaluate = (subject: Subject, data: DataSet, options: EvaluateOptions): Evaluation => {
  const started = options.clock();
  const state = freshState();
  for (let first = 0; first < data.size; first += chunkSize) {
    const count = Math.min(chunkSize, data.size - first);
    runChunk(
      subject,
      Array.from({ length: count }, (_, i) => data.sample(first + i)),
      options,
      state,
    );
    options.progress(first + count, data.size);
  }
  const { counters, equality } = state;
  const per = (total: number): number => total / data.size;
  return {
    target: subject.target,
    mode: subject.mode,
    samples: data.size,
    levels: {
      ...(options.compare.includes("float") ? { float: scored(state.float) } : {}),
      integer: scored(state.integer),
      spiking: scored(state.spiking),
      ...(options.compare.includes("machine") ? { machine: scored(state.machine) } : {}),
    },
    equality: {
      against: "integer",
      ...equality,
      mismatchedSamples: Math.max(equality.mismatchedSamples, state.machineEquality.mismatchedSamples),
      mismatchedNeurons: equality.mismatchedNeurons + state.machineEquality.mismatchedNeurons,
    },
    cost: {
      steps: counters.steps,
      spikes: per(counters.spikes),
      spikesPerNeuron: per(counters.spikes) / subject.neurons,
      synapticOperations: per(counters.synapticOperations),
      neuronUpdates: per(counters.neuronUpdates),
    },
    seconds: (options.clock() - started) / 1000,
  };
};
