import type { Chip } from "./board.ts";

/** One line of a router: keys with key & mask == `key` go where `route` says (bit l: link l; bit 6 + p: core p). */
export interface Entry {
  readonly key: number;
  readonly mask: number;
  /** The packet would go the same way without the entry: straight on, to no core. */
  readonly defaultable: boolean;
  readonly route: number;
}

export interface Table {
  readonly chip: Chip;
  readonly entries: readonly Entry[];
}

/** Usable lines of a router of 1024: SARK keeps one. Source: spinnaker_tools, include/sark.h; SpiNNMachine, version_spin1.py. */
export const routerEntries = 1023;

export const linkCount = 6;

/** Cores in a route word stand above the six links. */
export const firstCoreBit = linkCount;

/** Links of a chip: E NE N W SW S. Source: SpiNNMachine, router.py. */
export const linkSteps: readonly Chip[] = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
];
