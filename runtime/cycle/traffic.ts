import { item } from "../../compiler/ir/core/index.ts";
import type { Core, MachineProgram, Topology } from "../../compiler/ir/machine/index.ts";
import { homesOf } from "./meter.ts";
import { fanOutOf } from "./runs.ts";

/** Packets between cores. A packet is one message for one listening core. */
export interface Traffic {
  readonly packets: number;
  /** Links that packets cross when each travels alone: x first, then y; links between chips are not among them. */
  readonly unicastHops: number;
  readonly hopsEastWest: number;
  readonly hopsNorthSouth: number;
  /** Links that messages cross along the trees of the program; null when it has none. */
  readonly multicastHops: number | null;
  /** Packets over the fullest link of a mesh, or messages over the fullest link of the trees. */
  readonly peakLink: number;
  /** Borders between chips that packets cross. */
  readonly chipCrossings: number;
}

interface Counts {
  packets: number;
  eastWest: number;
  northSouth: number;
  crossings: number;
  readonly links: Map<string, number>;
}

interface Spot {
  readonly chip: number;
  readonly x: number;
  readonly y: number;
}

const addLink = (counts: Counts, key: string, n: number): void => {
  counts.links.set(key, (counts.links.get(key) ?? 0) + n);
};

/** Chips stand in a row, so x runs on over their borders. */
const onMesh = (
  counts: Counts,
  from: Spot,
  to: Spot,
  [width]: readonly [number, number],
  n: number,
): void => {
  const target = to.chip * width + to.x;
  let x = from.chip * width + from.x;
  while (x !== target) {
    const next = x < target ? x + 1 : x - 1;
    const border = Math.floor(x / width) !== Math.floor(next / width);
    if (border) counts.crossings += n;
    else counts.eastWest += n;
    addLink(counts, `${x},${from.y},${next - x},0`, n);
    x = next;
  }
  for (let y = from.y; y !== to.y; ) {
    const next = y < to.y ? y + 1 : y - 1;
    counts.northSouth += n;
    addLink(counts, `${x},${y},0,${next - y}`, n);
    y = next;
  }
};

/** Links between two routers of a hexagonal mesh, where one step may go along both axes. Every router is a chip. */
const onHexagons = (counts: Counts, from: Spot, to: Spot, n: number): void => {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dy > 0 ? Math.max(Math.abs(dx), Math.abs(dy)) : Math.abs(dx) + Math.abs(dy);
  counts.crossings += n * length;
};

const spotOf = ({ chip, router: [x, y] }: Core): Spot => ({ chip, x, y });

/** A packet from a core, or from the host, which enters a mesh at the first router of the listener's chip. */
const send = (counts: Counts, topology: Topology, from: Core | null, to: Core, n: number): void => {
  counts.packets += n;
  const target = spotOf(to);
  if (topology.kind === "mesh") {
    const source = from === null ? { chip: to.chip, x: 0, y: 0 } : spotOf(from);
    onMesh(counts, source, target, topology.size, n);
  } else if (from !== null) onHexagons(counts, spotOf(from), target, n);
};

/** Messages of every tree, and the links that they cross. */
const alongTrees = (
  { routes, network }: MachineProgram,
  messages: readonly Float64Array[],
  homes: readonly Int32Array[],
): { readonly hops: number; readonly peak: number } => {
  const indexOf = new Map(network.populations.map((p, i) => [p.id, i]));
  const links = new Map<string, number>();
  let hops = 0;
  for (const { core, population, injector, tree } of routes) {
    const p = indexOf.get(population) ?? -1;
    const [from, to] = injector?.range ?? [0, messages[p]?.length ?? 0];
    let n = 0;
    for (let e = from; e < to; e++) if (core === null || homes[p]?.[e] === core) n += messages[p]?.[e] ?? 0;
    hops += n * tree.length;
    for (const { router, link } of tree)
      links.set(`${router.join()} ${link}`, (links.get(`${router.join()} ${link}`) ?? 0) + n);
  }
  return { hops, peak: Math.max(0, ...links.values()) };
};

/** Packets of each pair (core or host, listening core). */
const pairsOf = (
  program: MachineProgram,
  messages: readonly Float64Array[],
  homes: readonly Int32Array[],
): ReadonlyMap<number, number> => {
  const fanOut = fanOutOf(program);
  const cores = program.cores.length;
  const pairs = new Map<number, number>();
  messages.forEach((sent, p) => {
    const first = item(fanOut.first, p);
    for (let e = 0; e < sent.length; e++) {
      const n = item(sent, e);
      if (n === 0) continue;
      const home = homes[p]?.[e] ?? -1;
      for (let link = item(first, e); link < item(first, e + 1); link++) {
        const key = (home + 1) * cores + item(fanOut.core, link);
        pairs.set(key, (pairs.get(key) ?? 0) + n);
      }
    }
  });
  return pairs;
};

/** What the messages of a run put on the network of the machine. */
export const trafficOf = (program: MachineProgram, messages: readonly Float64Array[]): Traffic => {
  const homes = homesOf(program);
  const counts: Counts = { packets: 0, eastWest: 0, northSouth: 0, crossings: 0, links: new Map() };
  const cores = program.cores.length;
  for (const [key, n] of pairsOf(program, messages, homes)) {
    const home = Math.floor(key / cores) - 1;
    send(
      counts,
      program.topology,
      home < 0 ? null : item(program.cores, home),
      item(program.cores, key % cores),
      n,
    );
  }
  const trees = program.routes.length === 0 ? null : alongTrees(program, messages, homes);
  return {
    packets: counts.packets,
    unicastHops: program.topology.kind === "mesh" ? counts.eastWest + counts.northSouth : counts.crossings,
    hopsEastWest: counts.eastWest,
    hopsNorthSouth: counts.northSouth,
    multicastHops: trees?.hops ?? null,
    peakLink: trees?.peak ?? Math.max(0, ...counts.links.values()),
    chipCrossings: counts.crossings,
  };
};
