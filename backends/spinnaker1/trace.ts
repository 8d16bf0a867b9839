/**
 * Follows every key of every sender through written tables, as the routers do: the first entry with key & mask == its
 * key; without one a packet goes straight on, and one from a core is dropped. Source: reference of the router in
 * SpiNNMachine, multicast_routing_entry.py, and the SpiNNaker data sheet. Shares no code with what makes the tables.
 */
import { type Diagnostic, inFile } from "../../compiler/diagnostics/index.ts";
import { spinnaker1Diagnostics } from "./diagnostics.ts";
import { type Entry, firstCoreBit, linkCount, linkSteps, type Table } from "./entry.ts";
import type { Seat } from "./layout.ts";

/** A chip as the tracer needs it. */
export interface TracedChip {
  readonly x: number;
  readonly y: number;
  readonly deadLinks: readonly number[];
}

export interface TracedSender {
  readonly label: string;
  readonly seat: Seat;
  /** Keys [key, key + count). */
  readonly key: number;
  readonly count: number;
  readonly targets: readonly Seat[];
}

const file = inFile("routing_tables.json");

const placeOf = (x: number, y: number): string => `${x},${y}`;

const hex = (key: number): string => `0x${key.toString(16).padStart(8, "0")}`;

interface Net {
  readonly chips: ReadonlyMap<string, TracedChip>;
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
}

/** A packet on a chip, with the link by which it came from the packet before; none at its sender. */
interface Packet {
  readonly x: number;
  readonly y: number;
  readonly arrives: number | null;
  readonly before: Packet | null;
}

type FaultName = "key-dropped" | "key-lost" | "key-cycles" | "key-doubled" | "wrongly-defaultable";

/** Faults that one key meets on its way, and the cores it reaches. */
interface Walk {
  readonly reached: ReadonlyMap<string, Seat>;
  readonly faults: readonly { readonly name: FaultName; readonly chip: string; readonly link: number }[];
  /** Key bits that decide about the way of other keys of the block: those with the same ones go the same way. */
  readonly decisive: number;
}

/** All bits in which keys of one range may differ. */
const spreadOf = (key: number, count: number): number => {
  let bits = (key ^ (key + count - 1)) >>> 0;
  for (let shift = 1; shift < 32; shift *= 2) bits |= bits >>> shift;
  return bits >>> 0;
};

const isBefore = (packet: Packet, x: number, y: number): boolean => {
  for (let at: Packet | null = packet; at !== null; at = at.before) if (at.x === x && at.y === y) return true;
  return false;
};

const isDead = (net: Net, { x, y }: Packet, link: number): boolean =>
  net.chips.get(placeOf(x, y))?.deadLinks.includes(link) ?? true;

/** What is wrong with a packet that goes to `next`, or null. */
const faultOf = (net: Net, visited: ReadonlySet<string>, packet: Packet, next: Packet): FaultName | null => {
  const place = placeOf(next.x, next.y);
  if (isDead(net, packet, next.arrives ?? 0) || !net.chips.has(place)) return "key-lost";
  if (isBefore(packet, next.x, next.y)) return "key-cycles";
  return visited.has(place) ? "key-doubled" : null;
};

/** Links that a packet leaves by: those of its entry, or straight on. */
const linksOf = ({ arrives }: Packet, match: Entry | null): readonly number[] => {
  if (match === null) return arrives === null ? [] : [arrives];
  return Array.from({ length: linkCount }, (_, link) => link).filter(
    (link) => ((match.route >>> link) & 1) === 1,
  );
};

const coresOf = ({ x, y }: Packet, match: Entry | null): readonly Seat[] => {
  const bits = (match?.route ?? 0) >>> firstCoreBit;
  return Array.from({ length: 32 - Math.clz32(bits) }, (_, p): Seat => [x, y, p]).filter(
    ([, , p]) => ((bits >>> p) & 1) === 1,
  );
};

const isWronglyDefaultable = ({ arrives }: Packet, match: Entry | null): boolean =>
  match?.defaultable === true && (arrives === null || match.route !== 1 << arrives);

/** Follows one key; `spread` tells which bits of it other keys of its block may have otherwise. */
const walkKey = (net: Net, [x, y]: Seat, key: number, spread: number): Walk => {
  const reached = new Map<string, Seat>();
  const faults: Walk["faults"][number][] = [];
  const visited = new Set<string>([placeOf(x, y)]);
  const stack: Packet[] = [{ x, y, arrives: null, before: null }];
  let decisive = 0;
  for (let packet = stack.pop(); packet !== undefined; packet = stack.pop()) {
    const chip = placeOf(packet.x, packet.y);
    const { match, seen } = lookUp(net.entries.get(chip) ?? [], key, spread);
    decisive |= seen;
    if (match === null && packet.arrives === null) faults.push({ name: "key-dropped", chip, link: 0 });
    if (isWronglyDefaultable(packet, match)) faults.push({ name: "wrongly-defaultable", chip, link: 0 });
    for (const seat of coresOf(packet, match)) reached.set(seat.join(), seat);
    for (const link of linksOf(packet, match)) {
      const [dx, dy] = linkSteps[link] ?? [0, 0];
      const next: Packet = { x: packet.x + dx, y: packet.y + dy, arrives: link, before: packet };
      const name = faultOf(net, visited, packet, next);
      if (name !== null)
        faults.push({ name, chip: name === "key-lost" ? chip : placeOf(next.x, next.y), link });
      if (name !== null) continue;
      visited.add(placeOf(next.x, next.y));
      stack.push(next);
    }
  }
  return { reached, faults, decisive: decisive >>> 0 };
};

/** The first entry that matches, and the bits by which keys of the block are told apart up to it. */
const lookUp = (
  entries: readonly Entry[],
  key: number,
  spread: number,
): { readonly match: Entry | null; readonly seen: number } => {
  let seen = 0;
  for (const entry of entries) {
    const differs = ((key & entry.mask) >>> 0) ^ entry.key;
    if ((differs & ~spread) === 0) seen |= entry.mask & spread;
    if (differs === 0) return { match: entry, seen };
  }
  return { match: null, seen };
};

/** A walk with the first of the keys that go this way and their number. */
interface Way {
  readonly first: number;
  readonly keys: number;
  readonly walk: Walk;
}

/** Walks of all keys of a sender: one for each set of keys that go the same way. */
const waysOf = (net: Net, { seat, key, count }: TracedSender): readonly Way[] => {
  const spread = spreadOf(key, count);
  const whole = walkKey(net, seat, key, spread);
  if (whole.decisive === 0) return [{ first: key, keys: count, walk: whole }];
  const ways: Way[] = [];
  let left: readonly number[] = Array.from({ length: count }, (_, i) => key + i);
  for (let first = left[0]; first !== undefined; first = left[0]) {
    const walk = walkKey(net, seat, first, spread);
    const chosen = first;
    const others = left.filter((k) => ((k ^ chosen) & walk.decisive) !== 0);
    ways.push({ first, keys: left.length - others.length, walk });
    left = others;
  }
  return ways;
};

/** Keeps the first diagnostic of each kind and place of a sender and counts the keys it holds for. */
interface Found {
  readonly first: number;
  keys: number;
  readonly report: (first: number, keys: number) => Diagnostic;
}

const senderFaults = (net: Net, sender: TracedSender): readonly Diagnostic[] => {
  const { label } = sender;
  const found = new Map<string, Found>();
  const note = (id: string, { first, keys }: Way, report: Found["report"]): void => {
    const known = found.get(id);
    if (known === undefined) found.set(id, { first, keys, report });
    else known.keys += keys;
  };
  const wanted = new Map(sender.targets.map((seat) => [seat.join(), seat]));
  for (const way of waysOf(net, sender)) {
    const { walk } = way;
    for (const { name, chip, link } of walk.faults) {
      note(`${name} ${chip} ${link}`, way, (key) =>
        spinnaker1Diagnostics.report(name, file, { label, chip, link, key: hex(key) }),
      );
    }
    for (const core of wanted.keys()) {
      if (walk.reached.has(core)) continue;
      note(`missed ${core}`, way, (key, n) =>
        spinnaker1Diagnostics.report("core-not-reached", file, { label, core, key: hex(key), keys: n }),
      );
    }
    for (const core of walk.reached.keys()) {
      if (wanted.has(core)) continue;
      note(`wrong ${core}`, way, (key, n) =>
        spinnaker1Diagnostics.report("core-wrongly-reached", file, { label, core, key: hex(key), keys: n }),
      );
    }
  }
  return [...found.values()].map(({ first, keys, report }) => report(first, keys));
};

const overlapFaults = (senders: readonly TracedSender[]): readonly Diagnostic[] => {
  const faults: Diagnostic[] = [];
  const sorted = [...senders].sort((a, b) => a.key - b.key);
  sorted.reduce<TracedSender | null>((last, sender) => {
    if (last !== null && sender.key < last.key + last.count) {
      faults.push(
        spinnaker1Diagnostics.report("keys-overlap", file, {
          label: sender.label,
          other: last.label,
          key: hex(sender.key),
        }),
      );
    }
    return last !== null && last.key + last.count > sender.key + sender.count ? last : sender;
  }, null);
  return faults;
};

const deadEntries = (tables: readonly Table[]): readonly Diagnostic[] =>
  tables.flatMap(({ chip, entries }) =>
    entries.flatMap(({ key, mask }, entry) =>
      (key & ~mask) === 0
        ? []
        : [
            spinnaker1Diagnostics.report("entry-never-matches", file, {
              entry,
              chip: chip.join(),
              key: hex(key),
              mask: hex(mask),
            }),
          ],
    ),
  );

/** Every way in which packets do not go from their senders to exactly their targets. Empty: the tables are right. */
export const trace = (
  chips: readonly TracedChip[],
  tables: readonly Table[],
  senders: readonly TracedSender[],
): readonly Diagnostic[] => {
  const net: Net = {
    chips: new Map(chips.map((c) => [placeOf(c.x, c.y), c])),
    entries: new Map(tables.map(({ chip: [x, y], entries }) => [placeOf(x, y), entries])),
  };
  return [
    ...deadEntries(tables),
    ...overlapFaults(senders),
    ...senders.flatMap((sender) => senderFaults(net, sender)),
  ];
};
