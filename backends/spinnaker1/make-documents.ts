import { item, type MachineProgram } from "../../compiler/ir/index.ts";
import { type BoardChip, type Chip, ethernetChips } from "./board.ts";
import {
  type KeyCountsDocument,
  type KeysDocument,
  keysSchema,
  type MachineDocument,
  type PlacementsDocument,
  type TablesDocument,
} from "./documents.ts";
import { linkSteps, routerEntries, type Table } from "./entry.ts";
import { countOf, type Layout, rangesOf, senderOf } from "./layout.ts";

/** SDRAM of a chip that programs may use, in bytes. Source: spinnaker_tools, include/spinnaker.h; SpiNNMachine, version_spin1.py. */
export const sdramPerChip = 123_469_792;

/** Loopback addresses stand in for boards that are not known yet. */
const addressOf = (board: number): string => `127.0.${(board + 1) >> 8}.${(board + 1) & 255}`;

export const machineOf = (chips: readonly BoardChip[], [width, height]: Chip): MachineDocument => {
  const present = new Set(chips.map(({ chip }) => chip.join()));
  const boards = new Map(ethernetChips([width, height]).map((chip, i) => [chip.join(), addressOf(i)]));
  const resources = { monitors: 1, routerEntries, sdram: sdramPerChip };
  return {
    width,
    height,
    root: [0, 0],
    standardResources: { ...resources, tags: [] },
    ethernetResources: { ...resources, tags: [1, 2, 3, 4, 5, 6, 7] },
    chips: chips.map(({ chip: [x, y], ethernet: [ex, ey], cores }) => {
      const deadLinks = linkSteps.flatMap(([dx, dy], link) =>
        present.has([x + dx, y + dy].join()) ? [] : [link],
      );
      const ipAddress = boards.get([x, y].join());
      const details = {
        cores,
        ...(deadLinks.length > 0 ? { deadLinks } : {}),
        ethernet: [ex, ey] satisfies [number, number],
        ...(ipAddress === undefined ? {} : { ipAddress }),
      };
      return [x, y, details];
    }),
  };
};

export const placementsOf = ({ cores, injectors }: Layout): PlacementsDocument =>
  [...cores, ...injectors.values()].map(({ label, seat: [x, y, p] }) => ({ vertex_label: label, x, y, p }));

export const tablesDocumentOf = (tables: readonly Table[]): TablesDocument =>
  tables.map(({ chip: [x, y], entries }) => ({
    x,
    y,
    entries: entries.map(({ key, mask, defaultable, route }) => ({
      key,
      mask,
      defaultable,
      spinnaker_route: route,
    })),
  }));

export const keyCountsOf = (program: MachineProgram, layout: Layout): KeyCountsDocument =>
  program.routes.map((route) => ({
    pre_vertex_label: senderOf(layout, route).label,
    n_keys: countOf(rangesOf(program, route)) * route.step,
    identifier: route.population,
  }));

export const keysOf = (program: MachineProgram, layout: Layout): KeysDocument => ({
  schema: keysSchema,
  senders: program.routes.map((route) => {
    const { label, seat } = senderOf(layout, route);
    const [x, y, p] = seat;
    return {
      vertex: label,
      population: route.population,
      elements: rangesOf(program, route).map(([from, to]) => [from, to]),
      x,
      y,
      p,
      key: route.key,
      mask: route.mask,
      step: route.step,
      targets: route.to.map((core) => {
        const [tx, ty, tp] = item(layout.cores, core).seat;
        return [tx, ty, tp];
      }),
    };
  }),
});
