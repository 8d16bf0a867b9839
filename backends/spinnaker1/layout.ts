import { type Injector, item, type MachineProgram, type Route } from "../../compiler/ir/index.ts";
import { type BoardChip, type Chip, chipsOf, processorOf } from "./board.ts";

/** A core of the machine: chip and processor. */
export type Seat = readonly [x: number, y: number, p: number];

/** One binary on one core: the neurons of `core`, or the sources of one injector. */
export interface Vertex {
  readonly label: string;
  readonly seat: Seat;
}

/** The vertex of a core of the program. */
export const coreLabel = (core: number): string => `core ${core}`;

/** Where everything of a program sits. */
export interface Layout {
  readonly chips: readonly BoardChip[];
  /** By core of the program. */
  readonly cores: readonly Vertex[];
  /** By route with an injector. */
  readonly injectors: ReadonlyMap<Route, Vertex>;
}

const sizeOfMachine = ({ topology }: MachineProgram): Chip => {
  if (topology.kind !== "hexagonal")
    throw new Error(`SpiNNaker has hexagonal machines, not ${topology.kind}`);
  return topology.size;
};

export const layoutOf = (program: MachineProgram): Layout => {
  const chips = chipsOf(sizeOfMachine(program));
  const byPlace = new Map(chips.map((c) => [c.chip.join(), c]));
  const seat = (router: Chip, port: number): Seat => {
    const chip = byPlace.get(router.join());
    if (chip === undefined) throw new Error(`no chip at ${router.join(", ")}`);
    return [router[0], router[1], processorOf(chip, port)];
  };
  const senders = program.routes.flatMap((route): readonly (readonly [Route, Injector])[] =>
    route.injector === null ? [] : [[route, route.injector]],
  );
  return {
    chips,
    cores: program.cores.map(({ router, port }, i) => ({ label: coreLabel(i), seat: seat(router, port) })),
    injectors: new Map(
      senders.map(([route, { router, port }], i) => [
        route,
        { label: `injector ${i}`, seat: seat(router, port) },
      ]),
    ),
  };
};

/** The vertex that sends the keys of a route. */
export const senderOf = (layout: Layout, route: Route): Vertex => {
  const injector = layout.injectors.get(route);
  if (injector !== undefined) return injector;
  return item(layout.cores, route.core ?? -1);
};

/** Elements [from, to) of the route's population in the order of their keys. */
export const rangesOf = (
  program: MachineProgram,
  { core, population, injector }: Route,
): readonly (readonly [number, number])[] => {
  if (injector !== null) return [injector.range];
  return item(program.cores, core ?? -1)
    .blocks.filter((b) => b.population === population)
    .map((b) => b.range);
};

export const countOf = (ranges: readonly (readonly [number, number])[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from, 0);
