/**
 * One step of membranes: u <- currentDecay u + x, v <- decay v + u + drive, compare, reset, in the network's arithmetic.
 * The equations are those of `ir/spiking/network.ts`; `fixed` is Loihi's (Lava's bit-accurate LIF, with the wrap of the
 * accumulator that nengo-loihi's emulator does), `buffered` SpiNNaker's (sPyNNaker, ring buffers of synapses.c).
 */

import { unreachable } from "../../compiler/diagnostics/index.ts";
import { item, valuesOf, type Weight } from "../../compiler/ir/core/index.ts";
import type { Arithmetic, Membrane } from "../../compiler/ir/spiking/index.ts";
import { spreadOver } from "../kernels/spread.ts";
import type { Inbox } from "./inbox.ts";
import type { Tally } from "./tally.ts";
import type { Site } from "./wiring.ts";

/** State and parameters of the membranes of one population. */
export interface Membranes {
  readonly size: number;
  readonly v: Float64Array;
  /** Null where u is the input of the step alone. */
  readonly u: Float64Array | null;
  /** v of the last step as it was compared, before any reset. */
  readonly compared: Float64Array;
  readonly drive: Float64Array;
  readonly threshold: Float64Array;
  readonly decay: number;
  readonly currentDecay: number;
  readonly floor: number;
  /** Spike when v > threshold, else when v >= threshold. */
  readonly above: boolean;
  readonly resets: boolean;
  /** Elements that fired in the last step; the first `count` entries. */
  readonly fired: Int32Array;
  count: number;
  /** The last step had no input and changed nothing: another one without input can be left out. */
  settled: boolean;
}

const spreadTo = (size: number, weight: Weight): Float64Array => {
  const full = new Float64Array(size);
  spreadOver(full, valuesOf(weight));
  return full;
};

export const openMembranes = ({ size, bias }: Site, model: Membrane): Membranes => {
  const drive = spreadTo(size, model.drive);
  for (let e = 0; e < size && bias !== null; e++) drive[e] = item(drive, e) + item(bias, e);
  return {
    size,
    v: new Float64Array(size),
    u: model.currentDecay === null ? null : new Float64Array(size),
    compared: new Float64Array(size),
    drive,
    threshold: spreadTo(size, model.threshold),
    decay: model.decay,
    currentDecay: model.currentDecay ?? 0,
    floor: model.floor ?? -Infinity,
    above: model.comparator === "above",
    resets: model.reset === "zero",
    fired: new Int32Array(size),
    count: 0,
    settled: false,
  };
};

/** Steps the membranes of a population with what is in one slot of its inbox. */
export type MembraneStep = (cells: Membranes, inbox: Inbox, slot: number, tally: Tally) => void;

/** Lifts the potentials in `compared` to the floor, compares and resets; true when a state changed. */
const conclude = (cells: Membranes): boolean => {
  const { size, v, compared, threshold, floor, above, resets, fired } = cells;
  let changed = false;
  let count = 0;
  for (let e = 0; e < size; e++) {
    const potential = Math.max(floor, compared[e] ?? 0);
    const least = threshold[e] ?? 0;
    compared[e] = potential;
    let next = potential;
    if (above ? potential > least : potential >= least) {
      fired[count++] = e;
      if (resets) next = 0;
    }
    if (next !== v[e]) changed = true;
    v[e] = next;
  }
  cells.count = count;
  return changed || count > 0;
};

/** Keeps u where the model has one; true when it changed. */
const keepCurrent = ({ u }: Membranes, e: number, current: number): boolean => {
  if (u === null) return false;
  const before = u[e] ?? 0;
  u[e] = current;
  return current !== before;
};

const exactStep: MembraneStep = (cells, inbox, slot) => {
  const { size, v, u, compared, drive, decay, currentDecay } = cells;
  const sums = item(inbox.slots, slot);
  let changed = false;
  for (let e = 0; e < size; e++) {
    const arrived = sums[e] ?? 0;
    const current = u === null ? arrived : arrived + currentDecay * (u[e] ?? 0);
    if (keepCurrent(cells, e, current)) changed = true;
    compared[e] = decay * (v[e] ?? 0) + current + (drive[e] ?? 0);
  }
  if (conclude(cells)) changed = true;
  cells.settled = !changed && inbox.touched[slot] === 0;
};

/** Two's complement of `modulus` values: the value itself when it is inside. */
const wrapped = (x: number, modulus: number): number => {
  const half = modulus / 2;
  if (x >= -half && x < half) return x;
  const rest = (x + half) % modulus;
  return (rest < 0 ? rest + modulus : rest) - half;
};

type Fixed = Extract<Arithmetic, { readonly kind: "fixed" }>;

/** sign(x) floor(|x| parts / unit): rounds towards zero. */
const decayed = (x: number, parts: number, unit: number): number => {
  const size = Math.floor((Math.abs(x) * parts) / unit);
  return x < 0 ? -size : size;
};

const fixedStep = ({ decayBits, accumulatorBits, currentBits, voltageBits }: Fixed): MembraneStep => {
  const unit = 2 ** decayBits;
  const sumModulus = 2 ** accumulatorBits;
  const currentModulus = 2 ** currentBits;
  const most = 2 ** (voltageBits - 1) - 1;
  return (cells, inbox, slot, tally) => {
    const { size, v, u, compared, drive } = cells;
    const sums = item(inbox.slots, slot);
    const parts = Math.round(cells.decay * unit);
    const currentParts = Math.round(cells.currentDecay * unit);
    let changed = false;
    for (let e = 0; e < size; e++) {
      const sum = sums[e] ?? 0;
      const x = wrapped(sum, sumModulus);
      const raw = (u === null ? 0 : decayed(u[e] ?? 0, currentParts, unit)) + x;
      const current = wrapped(raw, currentModulus);
      if (x !== sum || current !== raw) tally.wraps++;
      if (keepCurrent(cells, e, current)) changed = true;
      const potential = decayed(v[e] ?? 0, parts, unit) + current + (drive[e] ?? 0);
      const kept = Math.max(-most, Math.min(most, potential));
      if (kept !== potential) tally.saturations++;
      compared[e] = kept;
    }
    if (conclude(cells)) changed = true;
    cells.settled = !changed && inbox.touched[slot] === 0;
  };
};

type Buffered = Extract<Arithmetic, { readonly kind: "buffered" }>;

/** State is whole here: decays other than 0 and 1 would need the fraction bits of the chip. */
const wholeDecay = (decay: number): number => {
  if (decay !== 0 && decay !== 1) throw new Error(`buffered arithmetic has no rule for a decay of ${decay}`);
  return decay;
};

const bufferedStep = ({ bufferBits, stateBits }: Buffered): MembraneStep => {
  const full = 2 ** bufferBits - 1;
  const most = 2 ** (stateBits - 1) - 1;
  return (cells, inbox, slot, tally) => {
    const { size, v, u, compared, drive } = cells;
    const sums = item(inbox.slots, slot);
    const decay = wholeDecay(cells.decay);
    const currentDecay = wholeDecay(cells.currentDecay);
    let changed = false;
    for (let e = 0; e < size; e++) {
      const up = sums[e] ?? 0;
      const down = sums[size + e] ?? 0;
      if (up > full || down > full) tally.saturations++;
      const arrived = Math.min(up, full) - Math.min(down, full);
      const current = u === null ? arrived : arrived + currentDecay * (u[e] ?? 0);
      if (keepCurrent(cells, e, current)) changed = true;
      const potential = decay * (v[e] ?? 0) + current + (drive[e] ?? 0);
      const kept = Math.max(-most - 1, Math.min(most, potential));
      if (kept !== potential) tally.saturations++;
      compared[e] = kept;
    }
    if (conclude(cells)) changed = true;
    cells.settled = !changed && inbox.touched[slot] === 0;
  };
};

/** The step of an arithmetic. `exact` is plain doubles: whole numbers below 2^53 stay whole. */
export const membraneStep = (arithmetic: Arithmetic): MembraneStep => {
  switch (arithmetic.kind) {
    case "exact":
      return exactStep;
    case "fixed":
      return fixedStep(arithmetic);
    case "buffered":
      return bufferedStep(arithmetic);
    default:
      return unreachable(arithmetic);
  }
};
