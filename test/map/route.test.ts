import fc from "fast-check";
import { expect, test } from "vitest";
import { boardTopology } from "../../backends/spinnaker1/board.ts";
import { spinnaker1 } from "../../backends/spinnaker1/target.ts";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import { item, type MachineProgram, machineInvariants, violationsOf } from "../../compiler/ir/index.ts";
import { routeProgram } from "../../compiler/map/route.ts";
import { distancesOf, gridOf, linkCount } from "../../compiler/map/route-grid.ts";
import { multicastTree } from "../../compiler/map/route-tree.ts";
import { placedProgram, randomProgram } from "../backends/spinnaker1/random-program.ts";

const board = (cores: number) => {
  const topology = boardTopology(cores);
  if (topology.kind !== "hexagonal") throw new Error("hexagonal");
  return gridOf(topology);
};

const oneBoard = board(1);
const threeBoards = board(721);

const sizes = fc.record({
  inputs: fc.integer({ min: 1, max: 600 }),
  layers: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 }),
  perCore: fc.integer({ min: 8, max: 256 }),
  density: fc.integer({ min: 5, max: 100 }),
  spread: fc.integer({ min: 0, max: 9 }),
  seed: fc.integer(),
});

/** Cores with a synapse, by source. */
const listenersOf = (program: MachineProgram): ReadonlyMap<string, readonly number[]> => {
  const listeners = new Map<string, number[]>();
  program.lists.forEach(({ population, element, offsets }, core) => {
    population.forEach((p, a) => {
      if (offsets[a] === offsets[a + 1]) return;
      const source = `${item(program.network.populations, p).id}[${element[a]}]`;
      listeners.set(source, [...(listeners.get(source) ?? []), core]);
    });
  });
  return listeners;
};

/** A program on a machine of one core a chip, all of which are taken. */
const fullMachine = (): MachineProgram => {
  const placed = placedProgram({ inputs: 600, layers: [60], perCore: 20, density: 100, spread: 0, seed: 1 });
  const { topology } = placed;
  if (topology.kind !== "hexagonal") throw new Error("hexagonal");
  const { routers } = gridOf(topology);
  const small = {
    ...topology,
    coresPerRouter: 1,
    absent: [...topology.absent, ...routers.slice(placed.cores.length)],
  };
  return {
    ...placed,
    topology: small,
    cores: placed.cores.map((c, i) => ({ ...c, router: item(routers, i), port: 0 })),
  };
};

test("a board has 48 routers and the links of a hexagon", () => {
  expect(oneBoard.routers.length).toBe(48);
  expect(threeBoards.routers.length).toBe(144);
  const links = (grid: typeof oneBoard): number => [...grid.neighbours].filter((n) => n >= 0).length;
  // 48 x 6 less the outer links: SpiNNMachine counts 240 on a board.
  expect(links(oneBoard)).toBe(240);
});

test("the neighbour over a link is reached back over the opposite link", () => {
  for (const { routers, neighbours } of [oneBoard, threeBoards]) {
    routers.forEach((_, r) => {
      for (let link = 0; link < linkCount; link++) {
        const next = item(neighbours, r * linkCount + link);
        if (next >= 0) expect(item(neighbours, next * linkCount + ((link + 3) % linkCount))).toBe(r);
      }
    });
  }
});

test("distances without a wrap are those of the hexagonal metric on one board", () => {
  const distances = distancesOf(oneBoard);
  oneBoard.routers.forEach(([ax, ay], a) => {
    const far = distances(a);
    oneBoard.routers.forEach(([bx, by], b) => {
      const [dx, dy] = [bx - ax, by - ay];
      const metric =
        Math.sign(dx) === Math.sign(dy) ? Math.max(Math.abs(dx), Math.abs(dy)) : Math.abs(dx) + Math.abs(dy);
      expect(far[b]).toBe(metric);
    });
  });
});

test("a multicast tree is a tree over links that exist, reaches all targets, and ends only at targets", () => {
  const machine = fc.constantFrom(oneBoard, threeBoards);
  fc.assert(
    fc.property(machine, fc.nat(), fc.array(fc.nat(), { maxLength: 30 }), (grid, from, to) => {
      const n = grid.routers.length;
      const source = from % n;
      const targets = to.map((t) => t % n);
      const reached = new Set([source]);
      const inner = new Set<number>();
      for (const { router, link } of multicastTree(grid, distancesOf(grid), source, targets)) {
        expect(reached.has(router)).toBe(true);
        const next = item(grid.neighbours, router * linkCount + link);
        expect(next).toBeGreaterThanOrEqual(0);
        expect(reached.has(next)).toBe(false);
        reached.add(next);
        inner.add(router);
      }
      for (const target of targets) expect(reached.has(target)).toBe(true);
      for (const router of reached)
        if (!inner.has(router) && router !== source) expect(targets).toContain(router);
    }),
    { numRuns: 300 },
  );
});

test("the tree to one target is a shortest path", () => {
  fc.assert(
    fc.property(fc.nat(143), fc.nat(143), (from, to) => {
      const distances = distancesOf(threeBoards);
      expect(multicastTree(threeBoards, distances, from, [to]).length).toBe(distances(to)[from]);
    }),
  );
});

test("a path on a board turns at most once", () => {
  fc.assert(
    fc.property(fc.nat(47), fc.nat(47), (from, to) => {
      const links = multicastTree(oneBoard, distancesOf(oneBoard), from, [to]).map((h) => h.link);
      expect(links.filter((link, i) => i > 0 && link !== links[i - 1]).length).toBeLessThanOrEqual(1);
    }),
  );
});

test("every source that is listened to has one key, and its route ends at its part's listeners", () => {
  fc.assert(
    fc.property(sizes, (s) => {
      const program = randomProgram(s);
      expect(violationsOf(machineInvariants, program)).toEqual([]);
      const owners = new Map<string, { readonly key: number; readonly to: readonly number[] }>();
      for (const { core, population, injector, key, step, to } of program.routes) {
        const ranges =
          injector === null
            ? item(program.cores, core ?? -1)
                .blocks.filter((b) => b.population === population)
                .map((b) => b.range)
            : [injector.range];
        let next = key;
        for (const [first, end] of ranges) {
          for (let e = first; e < end; e++) {
            expect(owners.has(`${population}[${e}]`)).toBe(false);
            expect(step).toBe(64);
            owners.set(`${population}[${e}]`, { key: next, to });
            next += step;
          }
        }
        expect(to).toEqual([...new Set(to)].sort((a, b) => a - b));
      }
      const keys = [...owners.values()].map((o) => o.key);
      expect(new Set(keys).size).toBe(keys.length);
      const reached = new Map<readonly number[], Set<number>>(program.routes.map((r) => [r.to, new Set()]));
      for (const [source, cores] of listenersOf(program)) {
        const owner = owners.get(source);
        expect(owner).toBeDefined();
        for (const core of cores) reached.get(owner?.to ?? [])?.add(core);
      }
      // The union over the part is exactly the route's ends: no core listens in vain.
      for (const [to, all] of reached) expect([...all].sort((a, b) => a - b)).toEqual(to);
    }),
    { numRuns: 40 },
  );
});

test("keys leave room for one more than a block has, and injectors sit on free ports", () => {
  const program = randomProgram({
    inputs: 700,
    layers: [600, 40],
    perCore: 256,
    density: 90,
    spread: 0,
    seed: 5,
  });
  const places = program.cores.map(({ router, port }) => [...router, port].join());
  for (const { key, mask, injector } of program.routes) {
    // 256 neurons of 64 keys, and one key more.
    expect(mask).toBe(2 ** 32 - 32768);
    expect(key % 32768).toBe(0);
    if (injector === null) continue;
    expect(injector.range[1] - injector.range[0]).toBeLessThanOrEqual(256);
    places.push([...injector.router, injector.port].join());
  }
  expect(program.routes.filter((r) => r.injector !== null).length).toBe(4);
  expect(new Set(places).size).toBe(places.length);
});

test("a machine without free cores for the inputs gives way to a larger one", () => {
  const full = fullMachine();
  const routed = routeProgram(full, spinnaker1);
  expect(routed.topology).toEqual(boardTopology(1));
  expect(routed.cores).toBe(full.cores);
});

test("a target without a larger machine says how many cores the inputs need", () => {
  const full = fullMachine();
  try {
    routeProgram(full, { ...spinnaker1, topology: () => full.topology });
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    expect(error.diagnostics.map((d) => d.code)).toEqual(["route/no-free-core"]);
    expect(error.diagnostics[0]?.why).toBe(
      "inputs need 4 cores of 256 sources, 0 cores of the machine are free",
    );
  }
});

test("machines that route by address get no routes", () => {
  const placed = placedProgram({ inputs: 5, layers: [5], perCore: 5, density: 100, spread: 0, seed: 1 });
  const mesh: MachineProgram = {
    ...placed,
    topology: { kind: "mesh", size: [4, 8], coresPerRouter: 4, chips: 1 },
  };
  expect(routeProgram(mesh, spinnaker1)).toBe(mesh);
});
