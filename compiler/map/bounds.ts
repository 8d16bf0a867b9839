import { item, type Rows } from "../ir/index.ts";
import type { SynapseCost } from "../target/index.ts";
import { type Amounts, resources } from "./resources.ts";
import type { WiredLayer, Wiring } from "./wires.ts";

/** Least words a synapse takes in a long list, where what a list costs once is spread over many. */
export const leastWordsPerSynapse = (cost: SynapseCost, width: number): number => {
  const many = 3840;
  return (cost.words(many, 1, width) - cost.words(1, 1, width)) / many;
};

/** Longest delay into the cells of a layer of which every one has it; 0 when there is none. */
const sharedDelay = ({ bundles, cells }: WiredLayer): number =>
  bundles.reduce((most, { columns, feeds }) => {
    const delay = feeds.reduce((longest, f) => Math.max(longest, f.delay), 0);
    if (delay <= most) return most;
    for (let cell = 0; cell < cells; cell++)
      if (columns.offsets[cell] === columns.offsets[cell + 1]) return most;
    return delay;
  }, 0);

const synapsesOf = ({ bundles }: WiredLayer): number =>
  bundles.reduce((sum, { columns, wires }) => sum + columns.source.length * wires.length, 0);

/** Sources that any core listens to: all, and those that sit on cores. */
const sendersOf = ({ layers, bases, network }: Wiring): { readonly all: number; readonly placed: number } => {
  const sends = new Uint8Array(item(bases, bases.length - 1));
  const mark = ({ sources, offsets }: Rows, base: number): void => {
    for (let s = 0; s < sources; s++) if (offsets[s] !== offsets[s + 1]) sends[base + s] = 1;
  };
  for (const { bundles } of layers)
    for (const { rows, feeds } of bundles) for (const { base } of feeds) mark(rows, base);
  const placed = new Set(layers.flatMap((l) => l.lanes));
  const count = (p: number): number =>
    sends.subarray(item(bases, p), item(bases, p + 1)).reduce((n, s) => n + s, 0);
  const counts = network.populations.map((_, p) => count(p));
  const sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
  return { all: sum(counts), placed: sum(counts.filter((_, p) => placed.has(p))) };
};

/**
 * Amounts that no placement can go below, in the order of `resources`; 0 where none is known. A source needs an axon on
 * one core at least; words are those of the narrowest synapses a layer can have.
 */
export const leastAmounts = (wiring: Wiring, cost: SynapseCost): Amounts => {
  const { layers } = wiring;
  const senders = sendersOf(wiring);
  const neurons = layers.reduce((sum, l) => sum + l.cells * l.lanes.length, 0);
  const words = layers.reduce(
    (sum, l) => sum + synapsesOf(l) * leastWordsPerSynapse(cost, cost.width(l.lanes.length, sharedDelay(l))),
    0,
  );
  return [
    neurons,
    senders.all,
    senders.placed * Math.min(cost.outputEntries(true), cost.outputEntries(false)),
    words,
    0,
    0,
    0,
  ];
};

/** Cores that no placement can do without: the greatest ceil(total / limit). */
export const coresBound = (least: Amounts, limits: Amounts): number =>
  resources.reduce((most, _, r) => Math.max(most, Math.ceil(item(least, r) / item(limits, r))), 1);
