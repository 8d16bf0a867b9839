import { atNode, type Diagnostic } from "../../compiler/diagnostics/index.ts";
import { item, type MachineProgram, type Route } from "../../compiler/ir/index.ts";
import type { Chip } from "./board.ts";
import { spinnaker1Diagnostics } from "./diagnostics.ts";
import { type Entry, firstCoreBit, linkSteps, routerEntries, type Table } from "./entry.ts";
import { type Layout, senderOf } from "./layout.ts";
import { mergeEntries } from "./merge.ts";

interface Passage {
  /** The link by which packets arrive, seen from the chip before; null at the source. */
  readonly arrives: number | null;
  route: number;
}

/** What each chip of one multicast tree does with its packets. */
const passagesOf = (layout: Layout, route: Route): ReadonlyMap<string, Passage & { readonly chip: Chip }> => {
  const [x, y] = senderOf(layout, route).seat;
  const passages = new Map<string, Passage & { readonly chip: Chip }>();
  passages.set([x, y].join(), { chip: [x, y], arrives: null, route: 0 });
  for (const { router, link } of route.tree) {
    const from = passages.get(router.join());
    if (from === undefined)
      throw new Error(`the tree of ${route.population} starts twice, at ${router.join(", ")}`);
    from.route |= 1 << link;
    const [dx, dy] = item(linkSteps, link);
    const chip: Chip = [router[0] + dx, router[1] + dy];
    if (passages.has(chip.join()))
      throw new Error(`the tree of ${route.population} is no tree at ${chip.join(", ")}`);
    passages.set(chip.join(), { chip, arrives: link, route: 0 });
  }
  for (const core of route.to) {
    const [cx, cy, p] = item(layout.cores, core).seat;
    const at = passages.get([cx, cy].join());
    if (at === undefined) throw new Error(`the tree of ${route.population} misses core ${core}`);
    at.route |= 1 << (firstCoreBit + p);
  }
  return passages;
};

/** Straight on means: exactly one link, the one opposite to where the packet came in, and no core. */
const isDefaultable = ({ arrives, route }: Passage): boolean => arrives !== null && route === 1 << arrives;

/** Unmerged tables of all chips that a tree passes, rising by x, then y; entries rise by key. */
const plainTables = (program: MachineProgram, layout: Layout): readonly Table[] => {
  const tables = new Map<string, { readonly chip: Chip; readonly entries: Entry[] }>();
  for (const route of program.routes) {
    for (const [place, passage] of passagesOf(layout, route)) {
      const table = tables.get(place) ?? { chip: passage.chip, entries: [] };
      tables.set(place, table);
      table.entries.push({
        key: route.key,
        mask: route.mask,
        defaultable: isDefaultable(passage),
        route: passage.route,
      });
    }
  }
  const sorted = [...tables.values()].sort((a, b) => a.chip[0] - b.chip[0] || a.chip[1] - b.chip[1]);
  return sorted.map(({ chip, entries }) => ({ chip, entries: entries.sort((a, b) => a.key - b.key) }));
};

export interface Tables {
  readonly tables: readonly Table[];
  readonly faults: readonly Diagnostic[];
}

/**
 * Shortens a table that is too long: first by merging, then by leaving out what goes straight on anyway. Blocks of keys
 * are disjoint, so no other entry catches the keys of one that is left out. Lengths that fit are left as they are,
 * because PACMAN's route check takes a missing entry for an error.
 */
const shortened = (entries: readonly Entry[], limit: number): readonly Entry[] => {
  if (entries.length <= limit) return entries;
  const merged = mergeEntries(entries);
  return merged.length <= limit ? merged : merged.filter((e) => !e.defaultable);
};

/** Tables of all chips; what is still too long after shortening is a fault with its number. */
export const tablesOf = (program: MachineProgram, layout: Layout, limit = routerEntries): Tables => {
  const tables = plainTables(program, layout).map((t) => ({ ...t, entries: shortened(t.entries, limit) }));
  const faults = tables
    .filter(({ entries }) => entries.length > limit)
    .map(({ chip, entries }) =>
      spinnaker1Diagnostics.report("router-full", atNode(program.network.name), {
        chip: chip.join(","),
        entries: entries.length,
        limit,
      }),
    );
  return { tables, faults };
};
