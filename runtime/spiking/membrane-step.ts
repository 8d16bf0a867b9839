/**
 * One step of membranes: i <- currentDecay i + x, v <- decay v + drive i + constant, compare, reset, in the network's
 * arithmetic. The equations are those of `ir/spiking/network.ts`; `fixed` is Loihi's (Lava's bit-accurate LIF, with the
 * wrap of the accumulator that nengo-loihi's emulator does), `buffered` SpiNNaker's (sPyNNaker, ring buffers of
 * synapses.c).
 */

import { unreachable } from "../../compiler/diagnostics/index.ts";
import { item } from "../../compiler/ir/core/index.ts";
import type { Arithmetic } from "../../compiler/ir/spiking/index.ts";
import { conclude } from "./conclude.ts";
import type { Inbox } from "./inbox.ts";
import type { Membranes } from "./membrane.ts";
import type { Tally } from "./tally.ts";

/** Steps the membranes of a population with what is in one slot of its inbox. */
export type MembraneStep = (cells: Membranes, inbox: Inbox, slot: number, tally: Tally) => void;

/** Keeps i where the model has one; true when it changed. */
const keepCurrent = ({ u }: Membranes, e: number, current: number): boolean => {
  if (u === null) return false;
  const before = u[e] ?? 0;
  u[e] = current;
  return current !== before;
};

const realStep: MembraneStep = (cells, inbox, slot) => {
  const { size, v, u, compared, decay, currentDecay, drive, constant, currentBias } = cells;
  const sums = item(inbox.slots, slot);
  let changed = false;
  for (let e = 0; e < size; e++) {
    let current = sums[e] ?? 0;
    if (currentBias !== null) current += currentBias[e] ?? 0;
    if (u !== null) {
      current += (currentDecay[e] ?? 0) * (u[e] ?? 0);
      if (keepCurrent(cells, e, current)) changed = true;
    }
    compared[e] = (decay[e] ?? 0) * (v[e] ?? 0) + (drive[e] ?? 0) * current + (constant[e] ?? 0);
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

/** The bound itself where x is beyond it. */
const clipped = (x: number, most: number): number => Math.max(-most, Math.min(most, x));

type Fixed = Extract<Arithmetic, { readonly kind: "fixed" }>;

/** x parts / unit, rounded. */
const productOf = (rounding: Fixed["rounding"], unit: number): ((x: number, parts: number) => number) => {
  switch (rounding) {
    case "towardZero":
      return (x, parts) => {
        const size = Math.floor((Math.abs(x) * parts) / unit);
        return x < 0 ? -size : size;
      };
    case "down":
      return (x, parts) => Math.floor((x * parts) / unit);
    case "nearest":
      return (x, parts) => Math.floor((x * parts) / unit + 0.5);
    default:
      return unreachable(rounding);
  }
};

/** Decays in whole parts of `unit`, each array converted once. */
const wholeParts = (unit: number): ((decay: Float64Array) => Float64Array) => {
  const known = new WeakMap<Float64Array, Float64Array>();
  return (decay) => {
    const found = known.get(decay) ?? decay.map((d) => Math.round(d * unit));
    known.set(decay, found);
    return found;
  };
};

const fixedStep = (arithmetic: Fixed): MembraneStep => {
  const { decayBits, accumulatorBits, currentBits, voltageBits, weightShift } = arithmetic;
  const unit = 2 ** decayBits;
  const shift = 2 ** weightShift;
  const product = productOf(arithmetic.rounding, unit);
  const partsOf = wholeParts(unit);
  const sumModulus = 2 ** accumulatorBits;
  const keeper = (bits: number, overflow: Fixed["currentOverflow"]): ((x: number) => number) => {
    const [modulus, most] = [2 ** bits, 2 ** (bits - 1) - 1];
    return overflow === "wrap" ? (x) => wrapped(x, modulus) : (x) => clipped(x, most);
  };
  const keptCurrent = keeper(currentBits, arithmetic.currentOverflow);
  const keptVoltage = keeper(voltageBits, arithmetic.voltageOverflow);
  return (cells, inbox, slot, tally) => {
    const { size, v, u, compared, drive, constant, currentBias } = cells;
    const [decay, currentDecay] = [partsOf(cells.decay), partsOf(cells.currentDecay)];
    const sums = item(inbox.slots, slot);
    let changed = false;
    for (let e = 0; e < size; e++) {
      const sum = sums[e] ?? 0;
      const x = wrapped(sum, sumModulus);
      const fading = u === null ? 0 : product(u[e] ?? 0, currentDecay[e] ?? 0);
      const raw = fading + x * shift + (currentBias?.[e] ?? 0);
      const current = keptCurrent(raw);
      if (x !== sum || current !== raw) tally.wraps++;
      if (keepCurrent(cells, e, current)) changed = true;
      const left = product(v[e] ?? 0, decay[e] ?? 0);
      const potential = left + (drive[e] ?? 0) * current + (constant[e] ?? 0);
      const kept = keptVoltage(potential);
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
    const { size, v, u, compared, decay, currentDecay, drive, constant, currentBias } = cells;
    const sums = item(inbox.slots, slot);
    let changed = false;
    for (let e = 0; e < size; e++) {
      const up = sums[e] ?? 0;
      const down = sums[size + e] ?? 0;
      if (up > full || down > full) tally.saturations++;
      const arrived = Math.min(up, full) - Math.min(down, full) + (currentBias?.[e] ?? 0);
      const current = u === null ? arrived : arrived + wholeDecay(currentDecay[e] ?? 0) * (u[e] ?? 0);
      if (keepCurrent(cells, e, current)) changed = true;
      const left = wholeDecay(decay[e] ?? 0) * (v[e] ?? 0);
      const potential = left + (drive[e] ?? 0) * current + (constant[e] ?? 0);
      const kept = Math.max(-most - 1, Math.min(most, potential));
      if (kept !== potential) tally.saturations++;
      compared[e] = kept;
    }
    if (conclude(cells)) changed = true;
    cells.settled = !changed && inbox.touched[slot] === 0;
  };
};

/** The step of an arithmetic. `exact` and `real` are doubles: whole numbers below 2^53 stay whole. */
export const membraneStep = (arithmetic: Arithmetic): MembraneStep => {
  switch (arithmetic.kind) {
    case "exact":
    case "real":
      return realStep;
    case "fixed":
      return fixedStep(arithmetic);
    case "buffered":
      return bufferedStep(arithmetic);
    default:
      return unreachable(arithmetic);
  }
};
