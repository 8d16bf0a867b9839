/**
 * Counts what the cores of a machine do, step by step, while a carrier delivers. The pipeline that it charges for is
 * described in `docs/pipeline.md`.
 */
import { item, sizeOf } from "../../compiler/ir/core/index.ts";
import type { MachineProgram } from "../../compiler/ir/machine/index.ts";
import type { Costs } from "./profile.ts";
import { type Waves, wavesOf } from "./waves.ts";

/** What cores did in all, and how long the steps took. */
export interface Totals {
  readonly steps: number;
  readonly cycles: number;
  readonly nanoseconds: number;
  readonly synapses: number;
  readonly activeUpdates: number;
  readonly idleUpdates: number;
  /** Cycles that each core was busy. */
  readonly busy: Float64Array;
  /** Messages by population and element. */
  readonly messages: readonly Float64Array[];
}

/** Hooks of the carrier, and the sums at the end. */
export interface Meter {
  /** A run begins: its steps count from 0. It ends after so many, or, if nobody knows, when the last message has acted. */
  readonly begin: (steps?: number) => void;
  /** `links` cores listen to a message of an element. */
  readonly message: (from: number, element: number, links: number, step: number) => void;
  /** Elements place[first] .. place[end - 1] of a population get something that acts at step `arrival`. */
  readonly touch: (to: number, place: Uint32Array, first: number, end: number, arrival: number) => void;
  /** A core has walked a list. */
  readonly arrive: (core: number, synapses: number) => void;
  /** Closes the last run; `steps` of all runs, where more were run than anything was sent in. */
  readonly finish: (steps?: number) => Totals;
}

/** Neurons that every core updates in each phase, or in each turn of a step. */
const updatesOf = ({ network, cores }: MachineProgram, waves: Waves): readonly Float64Array[] => {
  const { schedule } = network;
  const phased = schedule.kind === "phases";
  const turnOf = new Map(network.populations.map((p, i) => [p.id, phased ? p.start : waves.of[i]]));
  const turns = phased ? schedule.lengths.length : waves.count;
  return Array.from({ length: turns }, (_, turn) =>
    Float64Array.from(cores, ({ blocks }) =>
      blocks.reduce(
        (sum, { population, range }) => (turnOf.get(population) === turn ? sum + range[1] - range[0] : sum),
        0,
      ),
    ),
  );
};

/** Core of every element by population; -1 on the host. */
export const homesOf = ({ network, cores }: MachineProgram): readonly Int32Array[] => {
  const homes = network.populations.map((p) => new Int32Array(sizeOf(p.shape)).fill(-1));
  const indexOf = new Map(network.populations.map((p, i) => [p.id, i]));
  cores.forEach(({ blocks }, core) => {
    for (const { population, range } of blocks)
      homes[indexOf.get(population) ?? -1]?.fill(core, range[0], range[1]);
  });
  return homes;
};

/** Which phase each step of a sample belongs to; null when there are no phases. */
const phasesOf = ({ network: { schedule } }: MachineProgram): readonly number[] | null =>
  schedule.kind === "phases"
    ? schedule.lengths.flatMap((length, phase) => Array.from({ length }, () => phase))
    : null;

const longestDelay = ({ cores }: MachineProgram): number =>
  cores.reduce((most, { formats }) => formats.reduce((m, f) => Math.max(m, f.delay), most), 0);

/**
 * A machine that is being watched. Arrays by core count the step under way. Where populations take turns, a step here is
 * one turn.
 */
interface Watch {
  readonly costs: Costs;
  readonly waves: Waves;
  readonly updates: readonly Float64Array[];
  readonly phaseOf: readonly number[] | null;
  readonly homes: readonly Int32Array[];
  readonly lists: Float64Array;
  readonly synapses: Float64Array;
  readonly sent: Float64Array;
  /** By arrival, a ring of `depth` steps: neurons of a core that get anything. */
  readonly receiving: readonly Float64Array[];
  readonly depth: number;
  /** By population, [element, ring]: the last arrival that was counted, in steps of all runs. */
  readonly counted: readonly Float64Array[];
  readonly messages: readonly Float64Array[];
  readonly busy: Float64Array;
  /** Steps before this run, for `counted`. */
  epoch: number;
  runs: number;
  /** Step under way in this run, and where it ends if that is known. */
  step: number;
  end: number | null;
  lastArrival: number;
  steps: number;
  cycles: number;
  nanoseconds: number;
  walked: number;
  activeUpdates: number;
  allUpdates: number;
}

const watch = (program: MachineProgram, costs: Costs): Watch => {
  const count = program.cores.length;
  const homes = homesOf(program);
  const waves = wavesOf(program.network);
  const depth = (longestDelay(program) + 2) * waves.count;
  const perCore = (): Float64Array => new Float64Array(count);
  return {
    costs,
    waves,
    updates: updatesOf(program, waves),
    phaseOf: phasesOf(program),
    homes,
    lists: perCore(),
    synapses: perCore(),
    sent: perCore(),
    receiving: Array.from({ length: depth }, perCore),
    depth,
    counted: homes.map((h) => new Float64Array(h.length * depth).fill(-1)),
    messages: homes.map((h) => new Float64Array(h.length)),
    busy: perCore(),
    epoch: 0,
    runs: 0,
    step: 0,
    end: null,
    lastArrival: -1,
    steps: 0,
    cycles: 0,
    nanoseconds: 0,
    walked: 0,
    activeUpdates: 0,
    allUpdates: 0,
  };
};

/** Charges the step under way and opens the next. */
const closeStep = (w: Watch): void => {
  const { cycles: stage, times } = w.costs;
  const turn = w.phaseOf === null ? w.step % w.waves.count : item(w.phaseOf, w.step % w.phaseOf.length);
  const updated = item(w.updates, turn);
  const receiving = item(w.receiving, w.step % w.depth);
  let [longest, slowest] = [0, 0];
  for (let c = 0; c < updated.length; c++) {
    const [a, s, o, n] = [w.lists[c] ?? 0, w.synapses[c] ?? 0, w.sent[c] ?? 0, updated[c] ?? 0];
    // Under phases whoever has its turn had all of its input before.
    const active = w.phaseOf === null ? Math.min(n, receiving[c] ?? 0) : n;
    const input = Math.max(a * stage.axonIn, s * stage.synapse, s * stage.dendrite);
    const spent = input + Math.max(n * stage.soma, o * stage.axonOut);
    w.busy[c] = (w.busy[c] ?? 0) + spent;
    if (spent > longest) longest = spent;
    if (times !== null) {
      const neurons = active * times.activeNeuron + (n - active) * times.idleNeuron;
      slowest = Math.max(slowest, a * times.axonIn + s * times.synapse + neurons + o * times.axonOut);
    }
    w.walked += s;
    w.activeUpdates += active;
    w.allUpdates += n;
  }
  for (const array of [w.lists, w.synapses, w.sent, receiving]) array.fill(0);
  w.steps++;
  w.step++;
  w.cycles += longest + stage.barrier;
  w.nanoseconds += slowest + (times?.barrier ?? 0);
};

const advance = (w: Watch, step: number): void => {
  while (w.step < step) closeStep(w);
};

/** A run ends where it was said to, with its last phase, or when the last message has acted. */
const endRun = (w: Watch): void => {
  const { count } = w.waves;
  const end = w.end ?? w.phaseOf?.length ?? Math.ceil((w.lastArrival + 1) / count) * count;
  if (w.runs > 0) advance(w, end);
};

const beginRun = (w: Watch, steps: number | null): void => {
  endRun(w);
  w.end = steps === null ? null : steps * w.waves.count;
  w.runs++;
  w.epoch += w.step + w.depth;
  w.step = 0;
  w.lastArrival = -1;
};

/** Counts neurons that get something at a step, each once. */
const touch = (w: Watch, to: number, place: Uint32Array, first: number, end: number, step: number): void => {
  const arrival = step * w.waves.count + (w.waves.of[to] ?? 0);
  if (w.end !== null && arrival >= w.end) return;
  const counted = item(w.counted, to);
  const home = item(w.homes, to);
  const ring = arrival % w.depth;
  const receiving = item(w.receiving, ring);
  const stamp = w.epoch + arrival;
  if (arrival > w.lastArrival) w.lastArrival = arrival;
  for (let s = first; s < end; s++) {
    const e = place[s] ?? 0;
    const at = e * w.depth + ring;
    if (counted[at] === stamp) continue;
    counted[at] = stamp;
    const core = home[e] ?? 0;
    receiving[core] = (receiving[core] ?? 0) + 1;
  }
};

const countMessage = (w: Watch, from: number, element: number, links: number): void => {
  const messages = item(w.messages, from);
  messages[element] = (messages[element] ?? 0) + 1;
  const home = w.homes[from]?.[element] ?? -1;
  if (home >= 0) w.sent[home] = (w.sent[home] ?? 0) + links;
};

const totalsOf = (w: Watch): Totals => ({
  steps: w.steps / w.waves.count,
  cycles: w.cycles,
  nanoseconds: w.nanoseconds,
  synapses: w.walked,
  activeUpdates: w.activeUpdates,
  idleUpdates: w.allUpdates - w.activeUpdates,
  busy: w.busy,
  messages: w.messages,
});

/** Makes a meter for one program; it may see many runs. */
export const openMeter = (program: MachineProgram, costs: Costs): Meter => {
  const w = watch(program, costs);
  return {
    begin: (steps) => beginRun(w, steps ?? null),
    message: (from, element, links, step) => {
      advance(w, step * w.waves.count + (w.waves.of[from] ?? 0));
      countMessage(w, from, element, links);
    },
    touch: (to, place, first, end, arrival) => touch(w, to, place, first, end, arrival),
    arrive: (core, n) => {
      w.lists[core] = (w.lists[core] ?? 0) + 1;
      w.synapses[core] = (w.synapses[core] ?? 0) + n;
    },
    finish: (steps = 0) => {
      endRun(w);
      advance(w, w.step + Math.max(0, steps * w.waves.count - w.steps));
      return totalsOf(w);
    },
  };
};
