/** Spiking level to machine program: cores under hard limits, places, synapse lists, routes. */
import { type Core, item, type MachineProgram, type SpikingNetwork } from "../ir/index.ts";
import { type Backend, valueOf as numberOf } from "../target/index.ts";
import { blocksOf, slotsOf } from "./blocks.ts";
import type { Rules } from "./fill.ts";
import { layersOf } from "./layers.ts";
import { listsOf, scratchFor } from "./lists.ts";
import { type Partition, partition } from "./partition.ts";
import { placesOf } from "./place.ts";
import { type MappingReport, reportOf } from "./report.ts";
import { limitsOf } from "./resources.ts";
import { routeProgram } from "./route.ts";
import { usesOf } from "./uses.ts";
import { type Wiring, wire } from "./wires.ts";

/** What the mapper takes of a back end. */
export type MapTarget = Pick<Backend, "target" | "cost">;

export interface Mapping {
  readonly program: MachineProgram;
  readonly report: MappingReport;
}

const coresOf = (
  { cores: parts }: Partition,
  wiring: Wiring,
  { target, cost }: MapTarget,
  rules: Rules,
): Pick<MachineProgram, "cores" | "lists" | "topology"> => {
  const topology = target.topology(parts.length);
  const places = placesOf(topology, parts.length, rules.perChip);
  const scratch = scratchFor(wiring);
  const built = parts.map((segments) => listsOf(segments, wiring, scratch));
  const cores = parts.map(
    (segments, c): Core => ({
      ...item(places, c),
      blocks: blocksOf(segments, wiring.layers, wiring.network),
      formats: cost.layout(item(built, c).formats, slotsOf(segments, wiring.layers)),
      uses: [],
    }),
  );
  const lists = built.map((b) => b.lists);
  const uses = usesOf({ cores, lists, network: wiring.network }, cost);
  return { topology, lists, cores: cores.map((core, c) => ({ ...core, uses: item(uses, c) })) };
};

/** Maps a network to cores of a target. Throws Rejected with all neurons that fit no core. */
export const mapNetwork = (network: SpikingNetwork, backend: MapTarget): Mapping => {
  const { target, cost } = backend;
  const rules: Rules = {
    cost,
    limits: limitsOf(target),
    perChip: numberOf(target.coresPerChip) ?? Number.MAX_SAFE_INTEGER,
  };
  const wiring = wire(network, layersOf(network), target.grid, cost);
  const parts = partition(wiring, rules, target.name);
  const placed: MachineProgram = {
    target: target.name,
    network,
    ...coresOf(parts, wiring, backend, rules),
    routes: [],
    // Machines that route by key have no barrier of their own: steps follow a timer.
    barrier: target.topology(parts.cores.length).kind === "hexagonal" ? "timer" : "global",
  };
  const program = routeProgram(placed, target);
  return { program, report: reportOf(program, parts, wiring, rules) };
};
