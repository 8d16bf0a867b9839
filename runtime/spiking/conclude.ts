import type { Membranes } from "./membrane.ts";

/** v after the reset of a neuron that spiked. */
const afterReset = (cells: Membranes, e: number, potential: number, threshold: number): number => {
  if (cells.reset === "value") return cells.resetTo[e] ?? 0;
  return cells.reset === "subtract" ? potential - threshold : potential;
};

const exceeds = (above: boolean, v: number, threshold: number): boolean =>
  above ? v > threshold : v >= threshold;

/** Without a threshold: v goes out, where it is not zero. */
const sendPotentials = (cells: Membranes): boolean => {
  const { size, v, compared, floor, fired } = cells;
  let changed = false;
  let count = 0;
  for (let e = 0; e < size; e++) {
    const potential = Math.max(floor, compared[e] ?? 0);
    compared[e] = potential;
    if (potential !== v[e]) changed = true;
    v[e] = potential;
    if (potential !== 0) fired[count++] = e;
  }
  cells.count = count;
  return changed || count > 0;
};

/** Membranes that compare the v of this step and remember nothing else. */
const compare = (cells: Membranes, threshold: Float64Array): boolean => {
  const { size, v, compared, floor, above, fired } = cells;
  let changed = false;
  let count = 0;
  for (let e = 0; e < size; e++) {
    const potential = Math.max(floor, compared[e] ?? 0);
    const limit = threshold[e] ?? 0;
    compared[e] = potential;
    let next = potential;
    if (above ? potential > limit : potential >= limit) {
      fired[count++] = e;
      next = afterReset(cells, e, potential, limit);
    }
    if (next !== v[e]) changed = true;
    v[e] = next;
  }
  cells.count = count;
  return changed || count > 0;
};

/** True when v of a neuron is held, which then has one step less to wait. */
const waits = ({ held }: Membranes, e: number): boolean => {
  const left = held?.[e] ?? 0;
  if (held === null || left === 0) return false;
  held[e] = left - 1;
  return true;
};

/** The threshold of this step: with an adaptation, after its decay. */
const limitOf = ({ adaptation }: Membranes, e: number, threshold: number): number => {
  if (adaptation === null) return threshold;
  const a = (adaptation.a[e] ?? 0) * (adaptation.decay[e] ?? 0);
  adaptation.a[e] = a;
  return threshold + a;
};

const remember = ({ adaptation, held, refractory }: Membranes, e: number): void => {
  if (adaptation !== null) adaptation.a[e] = (adaptation.a[e] ?? 0) + (adaptation.step[e] ?? 0);
  if (held !== null) held[e] = refractory;
};

/** Membranes that compare the v of the step before, are held for a time, or adapt. */
const compareAndRemember = (cells: Membranes, threshold: Float64Array): boolean => {
  const { size, v, compared, floor, above, spikeFirst, fired } = cells;
  let changed = cells.adaptation !== null;
  let count = 0;
  for (let e = 0; e < size; e++) {
    const before = v[e] ?? 0;
    const limit = limitOf(cells, e, threshold[e] ?? 0);
    if (waits(cells, e)) {
      compared[e] = before;
      changed = true;
      continue;
    }
    const potential = Math.max(floor, compared[e] ?? 0);
    compared[e] = potential;
    let next = potential;
    if (exceeds(above, spikeFirst ? before : potential, limit)) {
      fired[count++] = e;
      next = afterReset(cells, e, potential, limit);
      remember(cells, e);
    }
    if (next !== before) changed = true;
    v[e] = next;
  }
  cells.count = count;
  return changed || count > 0;
};

/** Lifts the potentials in `compared` to the floor, compares and resets; true when a state changed. */
export const conclude = (cells: Membranes): boolean => {
  const { threshold, spikeFirst, held, adaptation } = cells;
  if (threshold === null) return sendPotentials(cells);
  if (spikeFirst || held !== null || adaptation !== null) return compareAndRemember(cells, threshold);
  return compare(cells, threshold);
};
