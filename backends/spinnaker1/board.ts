/** Geometry of SpiNN-5 boards and of machines made of them. Source: SpiNNMachine, version_5.py and version_48_chips.py. */
import { nowhere, Rejected } from "../../compiler/diagnostics/index.ts";
import type { Topology } from "../../compiler/ir/index.ts";
import { spinnaker1Diagnostics } from "./diagnostics.ts";

export type Chip = readonly [x: number, y: number];

/**
 * Cores for neurons on every chip. Chips have 17 or 18 cores; one runs the monitor SCAMP, the tools take one more on
 * every chip for the extra monitor and one on Ethernet chips for the packet gatherer. 15 are left on each chip.
 */
export const coresPerChip = 15;

export const chipsPerBoard = 48;

/** Chips of a board with 17 working cores in the virtual machine of the tools, relative to the board's Ethernet chip. */
const shortChips = new Set(["1,1", "1,3", "3,1", "3,3", "3,5", "5,2", "5,4", "5,6"]);

/** Chips of one board form a hexagon inside 8 x 8, relative to its Ethernet chip. */
const onBoard = (x: number, y: number): boolean =>
  x >= 0 && y >= 0 && x < 8 && y < 8 && x - y <= 4 && y - x <= 3;

/** Three boards form a triad of 12 x 12; these are their Ethernet chips. */
const triad: readonly Chip[] = [
  [0, 0],
  [4, 8],
  [8, 4],
];

const triadSize = 12;

/** Machines of several boards without wrap-around links are 4 chips wider and higher than their triads. */
const overhang = 4;

/** Ethernet chips of a machine of this size, in a fixed order. */
export const ethernetChips = ([width, height]: Chip): readonly Chip[] => {
  if (width === 8 && height === 8) return [[0, 0]];
  const columns = Math.floor((width - overhang) / triadSize);
  const rows = Math.floor((height - overhang) / triadSize);
  return Array.from({ length: columns * rows }, (_, t): readonly Chip[] => {
    const left = triadSize * Math.floor(t / rows);
    const bottom = triadSize * (t % rows);
    return triad.map(([x, y]): Chip => [left + x, bottom + y]);
  }).flat();
};

export interface BoardChip {
  readonly chip: Chip;
  /** The Ethernet chip of its board. */
  readonly ethernet: Chip;
  readonly cores: number;
}

/** Every chip of a machine of this size, rising by x, then y. */
export const chipsOf = (size: Chip): readonly BoardChip[] =>
  ethernetChips(size)
    .flatMap(([ex, ey]) =>
      Array.from({ length: 64 }, (_, i): Chip => [Math.floor(i / 8), i % 8])
        .filter(([x, y]) => onBoard(x, y))
        .map(
          ([x, y]): BoardChip => ({
            chip: [ex + x, ey + y],
            ethernet: [ex, ey],
            cores: shortChips.has(`${x},${y}`) ? 17 : 18,
          }),
        ),
    )
    .sort((a, b) => a.chip[0] - b.chip[0] || a.chip[1] - b.chip[1]);

/** Processor of a port: 0 is SCAMP, 1 the extra monitor, 2 the packet gatherer of Ethernet chips. */
export const processorOf = (chip: BoardChip, port: number): number =>
  port + (chip.chip[0] === chip.ethernet[0] && chip.chip[1] === chip.ethernet[1] ? 3 : 2);

/** Coordinates of chips have 8 bits. */
const widest = 256;

/** Sizes of machines that hold so many cores: one board, or the least near-square field of triads. */
const sizeFor = (cores: number): Chip => {
  const boards = Math.max(1, Math.ceil(cores / (chipsPerBoard * coresPerChip)));
  if (boards === 1) return [8, 8];
  const triads = Math.ceil(boards / triad.length);
  const columns = Math.ceil(Math.sqrt(triads));
  const rows = Math.ceil(triads / columns);
  return [triadSize * columns + overhang, triadSize * rows + overhang];
};

/** The smallest machine that holds so many cores. Throws Rejected when coordinates of chips do not reach that far. */
export const boardTopology = (cores: number): Topology => {
  const [width, height] = sizeFor(cores);
  if (width > widest || height > widest) {
    const side = Math.floor((widest - overhang) / triadSize);
    const limit = side * side * triad.length * chipsPerBoard * coresPerChip;
    throw new Rejected([spinnaker1Diagnostics.report("machine-too-large", nowhere, { cores, limit })]);
  }
  const present = new Set(chipsOf([width, height]).map(({ chip: [x, y] }) => x * height + y));
  const absent = Array.from({ length: width * height }, (_, i) => i)
    .filter((i) => !present.has(i))
    .map((i): Chip => [Math.floor(i / height), i % height]);
  return {
    kind: "hexagonal",
    size: [width, height],
    coresPerRouter: coresPerChip,
    wraps: [false, false],
    absent,
  };
};
