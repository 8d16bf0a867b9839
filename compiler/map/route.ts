/**
 * Multicast routing on machines that route by key: every population of a core owns a block of keys and a tree to the
 * cores that listen to it. Inputs come from cores of their own (injectors), next to the cores that they feed. Machines
 * that route by address are left as they are.
 */
import { nowhere, Rejected } from "../diagnostics/index.ts";
import { type Injector, item, type MachineProgram, type Route } from "../ir/index.ts";
import { type Fact, valueOf as numberOf, type Target } from "../target/index.ts";
import { routeDiagnostics } from "./route-diagnostics.ts";
import { type Distances, distancesOf, type Grid, gridOf, type Hexagonal } from "./route-grid.ts";
import { countOf, injectorAt, type Sender, sendersOf } from "./route-senders.ts";
import { multicastTree } from "./route-tree.ts";

type Keys = Pick<Route, "key" | "mask" | "step">;

const keySpace = 2 ** 32;

/** Sources of one injector where the target does not limit its neurons. */
const mostSources = 256;

const numberOr = (fact: Fact | undefined, fallback: number): number =>
  (fact === undefined ? null : numberOf(fact)) ?? fallback;

/**
 * One aligned block a sender, all of one size, so that blocks of neighbours can be merged in a routing table. A block
 * has room for one key more than it needs: PACMAN's `_search_route` asks for the key after the last.
 */
const keysOf = (senders: readonly Sender[], step: number, target: string): readonly Keys[] => {
  const most = senders.reduce((n, { ranges }) => Math.max(n, countOf(ranges)), 0);
  let block = 1;
  while (block <= most * step) block *= 2;
  const limit = keySpace / block;
  if (senders.length > limit) {
    throw new Rejected([
      routeDiagnostics.report("keys-exhausted", nowhere, { target, senders: senders.length, block, limit }),
    ]);
  }
  return senders.map((_, i) => ({ key: i * block, mask: keySpace - block, step }));
};

/** Free ports of every router, lowest first. */
const freePorts = (grid: Grid, program: MachineProgram, topology: Hexagonal): readonly number[][] => {
  const used = new Set(
    program.cores.map(({ router, port }) => grid.indexOf(router) * topology.coresPerRouter + port),
  );
  return grid.routers.map((_, r) =>
    Array.from({ length: topology.coresPerRouter }, (_, port) => port).filter(
      (port) => !used.has(r * topology.coresPerRouter + port),
    ),
  );
};

/** Gives each sender of the host the free core with the fewest links to its listeners in sum. */
const placeInjectors = (
  grid: Grid,
  distances: Distances,
  senders: readonly Sender[],
  routersOf: (sender: Sender) => readonly number[],
  free: readonly number[][],
): ReadonlyMap<Sender, Injector> => {
  const places = new Map<Sender, Injector>();
  for (const sender of senders) {
    const fields = routersOf(sender).map(distances);
    const cost = (router: number): number => fields.reduce((sum, far) => sum + item(far, router), 0);
    const open = grid.routers.map((_, r) => r).filter((r) => item(free, r).length > 0);
    const costs = open.map(cost);
    const best = item(open, costs.indexOf(Math.min(...costs)));
    const port = item(free, best).shift() ?? 0;
    places.set(sender, injectorAt(sender, item(grid.routers, best), port));
  }
  return places;
};

/** The machine itself, or the smallest one of the target that also has room for the injectors. */
const roomFor = (
  program: MachineProgram,
  topology: Hexagonal,
  injectors: number,
  target: Target,
  each: number,
): Hexagonal => {
  const ports = gridOf(topology).routers.length * topology.coresPerRouter;
  const needed = program.cores.length + injectors;
  if (needed <= ports) return topology;
  const larger = target.topology(needed);
  if (larger.kind === "hexagonal" && needed <= gridOf(larger).routers.length * larger.coresPerRouter)
    return larger;
  const free = ports - program.cores.length;
  throw new Rejected([
    routeDiagnostics.report("no-free-core", nowhere, { target: target.name, needed: injectors, each, free }),
  ]);
};

const routeHexagonal = (program: MachineProgram, asked: Hexagonal, target: Target): MachineProgram => {
  const each = numberOr(target.capacity.neurons, mostSources);
  const senders = sendersOf(program, each);
  const hosts = senders.filter(({ core }) => core === null);
  const topology = roomFor(program, asked, hosts.length, target, each);
  const grid = gridOf(topology);
  const distances = distancesOf(grid);
  const routersOf = ({ to }: Sender): readonly number[] => [
    ...new Set(to.map((c) => grid.indexOf(item(program.cores, c).router))),
  ];
  const injectors = placeInjectors(grid, distances, hosts, routersOf, freePorts(grid, program, topology));
  const keys = keysOf(senders, numberOr(target.keysPerNeuron, 1), target.name);
  const routes = senders.map((sender, i): Route => {
    const injector = injectors.get(sender) ?? null;
    const from = injector?.router ?? item(program.cores, sender.core ?? -1).router;
    const tree = multicastTree(grid, distances, grid.indexOf(from), routersOf(sender));
    return {
      core: sender.core,
      population: sender.population,
      injector,
      ...item(keys, i),
      tree: tree.map(({ router, link }) => ({ router: item(grid.routers, router), link })),
      to: sender.to,
    };
  });
  return { ...program, topology, routes };
};

/** Fills in the routes of a placed program. Throws Rejected when keys or cores for the inputs run out. */
export const routeProgram = (program: MachineProgram, target: Target): MachineProgram =>
  program.topology.kind === "hexagonal" ? routeHexagonal(program, program.topology, target) : program;
