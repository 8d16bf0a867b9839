import fc from "fast-check";
import { expect, test } from "vitest";
import { chipsOf } from "../../../backends/spinnaker1/board.ts";
import type { Entry, Table } from "../../../backends/spinnaker1/entry.ts";
import { layoutOf, type Seat } from "../../../backends/spinnaker1/layout.ts";
import { keysOf, machineOf } from "../../../backends/spinnaker1/make-documents.ts";
import { mergeEntries } from "../../../backends/spinnaker1/merge.ts";
import { tablesOf } from "../../../backends/spinnaker1/tables.ts";
import { type TracedChip, type TracedSender, trace } from "../../../backends/spinnaker1/trace.ts";
import { randomFrom } from "../../../compiler/check/random.ts";
import { item } from "../../../compiler/ir/index.ts";
import { randomProgram, type Sizes } from "./random-program.ts";

interface Traced {
  readonly chips: readonly TracedChip[];
  readonly tables: readonly Table[];
  readonly senders: readonly TracedSender[];
}

const built = (sizes: Sizes, keysPerNeuron: number, limit?: number): Traced => {
  const program = randomProgram(sizes, keysPerNeuron);
  const layout = layoutOf(program);
  const { tables } = tablesOf(program, layout, limit);
  const size = program.topology.size;
  const chips = machineOf(layout.chips, size).chips.map(([x, y, d]) => ({
    x,
    y,
    deadLinks: d.deadLinks ?? [],
  }));
  const senders = keysOf(program, layout).senders.map(
    ({ population, elements, x, y, p, key, step, targets }): TracedSender => ({
      label: population,
      seat: [x, y, p],
      key,
      count: step * elements.reduce((n, [from, to]) => n + to - from, 0),
      targets,
    }),
  );
  return { chips, tables, senders };
};

const small: Sizes = { inputs: 40, layers: [70, 60, 10], perCore: 8, density: 30, spread: 15, seed: 3 };

const codesOf = ({ chips, tables, senders }: Traced): readonly string[] => [
  ...new Set(trace(chips, tables, senders).map((d) => d.code)),
];

/** Replaces the entry with this number, counted over all tables; null removes it. */
const withEntry = (traced: Traced, at: number, change: (e: Entry) => Entry | null): Traced => {
  let seen = 0;
  const tables = traced.tables.map(({ chip, entries }) => ({
    chip,
    entries: entries.flatMap((e) => (seen++ === at ? (change(e) ?? []) : [e])),
  }));
  return { ...traced, tables };
};

const entryCount = (tables: readonly Table[]): number => tables.reduce((n, t) => n + t.entries.length, 0);

const steps = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
] as const;

/** A plain packet simulator, key by key: how often each core gets the packet; copies end after 400 hops. */
const delivered = ({ chips, tables }: Traced, [x, y]: Seat, key: number): ReadonlyMap<string, number> => {
  const present = new Set(chips.map((c) => `${c.x},${c.y}`));
  const counts = new Map<string, number>();
  let packets: readonly { x: number; y: number; came: number | null }[] = [{ x, y, came: null }];
  for (let hop = 0; hop < 400 && packets.length > 0 && packets.length < 1000; hop++) {
    packets = packets.flatMap((p) => {
      const table = tables.find((t) => t.chip[0] === p.x && t.chip[1] === p.y);
      const entry = table?.entries.find((e) => Number(BigInt(key) & BigInt(e.mask)) === e.key);
      const route = entry?.route ?? (p.came === null ? 0 : 2 ** p.came);
      for (let core = 0; core < 18; core++) {
        const id = `${p.x},${p.y},${core}`;
        if (Math.floor(route / 2 ** (6 + core)) % 2 === 1) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      return steps.flatMap(([dx, dy], link) => {
        const next = { x: p.x + dx, y: p.y + dy, came: link };
        return Math.floor(route / 2 ** link) % 2 === 1 && present.has(`${next.x},${next.y}`) ? [next] : [];
      });
    });
  }
  return counts;
};

/** True when every key of every sender reaches each of its targets once and nothing else. */
const deliversRightly = (traced: Traced): boolean =>
  traced.senders.every(({ seat, key, count, targets }) => {
    const wanted = JSON.stringify(targets.map((t) => `${t.join()} 1`).sort());
    return Array.from({ length: count }, (_, i) => delivered(traced, seat, key + i)).every(
      (got) => JSON.stringify([...got].map(([core, n]) => `${core} ${n}`).sort()) === wanted,
    );
  });

test("tables of random programs bring every key to exactly its listeners", () => {
  const sizes = fc.record({
    inputs: fc.integer({ min: 1, max: 600 }),
    layers: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 }),
    perCore: fc.integer({ min: 4, max: 256 }),
    density: fc.integer({ min: 5, max: 100 }),
    spread: fc.integer({ min: 0, max: 15 }),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(sizes, fc.constantFrom(1, 64), fc.constantFrom(1023, 4), (s, keys, limit) => {
      const { chips, tables, senders } = built(s, keys, limit);
      expect(trace(chips, tables, senders)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test("a table that is too long is merged, then loses its default routes, and a fault tells what is left", () => {
  const program = randomProgram({ ...small, density: 60 });
  const layout = layoutOf(program);
  const whole = tablesOf(program, layout).tables;
  const longest = Math.max(...whole.map((t) => t.entries.length));
  const { tables, faults } = tablesOf(program, layout, 8);
  expect(entryCount(tables)).toBeLessThan(entryCount(whole));
  tables.forEach((t, i) => {
    const before = whole[i]?.entries ?? [];
    if (before.length <= 8) expect(t.entries).toEqual(before);
    else if (t.entries.length > 8) expect(t.entries.some((e) => e.defaultable)).toBe(false);
  });
  expect(longest).toBeGreaterThan(8);
  const over = tables.filter((t) => t.entries.length > 8);
  expect(over.length).toBeGreaterThan(0);
  expect(faults.map((d) => d.why)).toEqual(
    over.map(
      (t) =>
        `it needs ${t.entries.length} entries after merging and without default routes, the router holds 8`,
    ),
  );
});

test("the packet simulator of this test agrees that the tables are right", () => {
  const traced = built(small, 1);
  expect(entryCount(traced.tables)).toBeGreaterThan(40);
  expect(deliversRightly(traced)).toBe(true);
});

test("any one changed entry is found, or every packet still arrives once", () => {
  const traced = built(small, 1);
  const entries = entryCount(traced.tables);
  const bit = (n: number): number => 2 ** n;
  const flip = (value: number, n: number): number =>
    Math.floor(value / bit(n)) % 2 === 1 ? value - bit(n) : value + bit(n);
  const changes: Readonly<Record<string, (e: Entry, n: number) => Entry | null>> = {
    route: (e, n) => ({ ...e, route: flip(e.route, n % 24) }),
    mask: (e, n) => ({ ...e, mask: flip(e.mask, n) }),
    key: (e, n) => ({ ...e, key: flip(e.key, n) }),
    removed: () => null,
  };
  let found = 0;
  let harmless = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(changes)),
      fc.nat(entries - 1),
      fc.nat(31),
      (change, at, n) => {
        const changed = withEntry(traced, at, (e) => change(e, n));
        if (trace(changed.chips, changed.tables, changed.senders).length > 0) found += 1;
        else {
          harmless += 1;
          expect(deliversRightly(changed)).toBe(true);
        }
      },
    ),
    { numRuns: 150, seed: 1 },
  );
  expect(found).toBeGreaterThan(75);
  expect(harmless).toBeGreaterThan(0);
});

test("every change of a route word by one bit is found", () => {
  const traced = built({ ...small, layers: [20, 10] }, 64);
  for (let at = 0; at < entryCount(traced.tables); at++) {
    for (let n = 0; n < 24; n++) {
      const changed = withEntry(traced, at, (e) => ({ ...e, route: e.route ^ (1 << n) }));
      expect(codesOf(changed)).not.toEqual([]);
    }
  }
});

// Senders on (0,0) core 3 and (2,0) core 4; chips 0,0 - 1,0 - 2,0 - 3,0 in a row.
const row = (tables: readonly Table[], targets: readonly Seat[], count = 4): Traced => ({
  chips: machineOf(chipsOf([8, 8]), [8, 8]).chips.map(([x, y, d]) => ({
    x,
    y,
    deadLinks: d.deadLinks ?? [],
  })),
  tables,
  senders: [{ label: "a", seat: [0, 0, 3], key: 0, count, targets }],
});

const entry = (route: number, more: Partial<Entry> = {}): Entry => ({
  key: 0,
  mask: 0xfffffff8,
  defaultable: false,
  route,
  ...more,
});
const core = (p: number): number => 1 << (6 + p);

test("a packet without an entry goes straight on", () => {
  const tables = [
    { chip: [0, 0] as const, entries: [entry(1)] },
    { chip: [3, 0] as const, entries: [entry(core(5))] },
  ];
  expect(codesOf(row(tables, [[3, 0, 5]]))).toEqual([]);
});

test("each kind of fault has its code", () => {
  const at = (x: number, y: number, ...entries: readonly Entry[]): Table => ({ chip: [x, y], entries });
  const cases: readonly (readonly [string, readonly Table[], readonly Seat[]])[] = [
    ["key-dropped core-not-reached", [], [[3, 0, 5]]],
    ["key-lost core-not-reached", [at(0, 0, entry(1))], [[3, 0, 5]]],
    ["key-cycles", [at(0, 0, entry(1)), at(1, 0, entry(8))], []],
    ["key-doubled", [at(0, 0, entry(3)), at(1, 0, entry(4)), at(1, 1, entry(core(2)))], [[1, 1, 2]]],
    ["core-wrongly-reached", [at(0, 0, entry(core(2)))], []],
    ["wrongly-defaultable", [at(0, 0, entry(core(2), { defaultable: true }))], [[0, 0, 2]]],
    ["entry-never-matches", [at(0, 0, entry(core(2)), entry(1, { key: 9 }))], [[0, 0, 2]]],
  ];
  for (const [codes, tables, targets] of cases) {
    expect([...codesOf(row(tables, targets))].sort()).toEqual(
      codes
        .split(" ")
        .map((c) => `spinnaker1/${c}`)
        .sort(),
    );
  }
});

test("two senders of one key are found", () => {
  const traced = row([{ chip: [0, 0], entries: [entry(core(2))] }], [[0, 0, 2]]);
  const second = { ...item(traced.senders, 0), label: "b", key: 3, count: 1 };
  expect(codesOf({ ...traced, senders: [...traced.senders, second] })).toEqual(["spinnaker1/keys-overlap"]);
});

test("a mask that splits a block sends each key its own way, and the diagnostic counts the keys", () => {
  const odd = entry(core(4), { key: 1, mask: 0xfffffff9 });
  const traced = row([{ chip: [0, 0], entries: [odd, entry(core(2))] }], [[0, 0, 2]]);
  const faults = trace(traced.chips, traced.tables, traced.senders);
  expect(faults.map((d) => d.what)).toEqual([
    "packets of a do not reach core 0,0,2",
    "packets of a reach core 0,0,4",
  ]);
  expect(faults[0]?.why).toBe("it has synapses from key 0x00000001 (2 keys in all)");
});

test("the first entry wins", () => {
  const traced = row([{ chip: [0, 0], entries: [entry(core(2)), entry(core(4))] }], [[0, 0, 2]]);
  expect(codesOf(traced)).toEqual([]);
  expect(
    codesOf({ ...traced, tables: [{ chip: [0, 0], entries: [entry(core(4)), entry(core(2))] }] }),
  ).toHaveLength(2);
});

test("merging keeps where every key goes and never joins unequal entries", () => {
  const blocks = fc.array(fc.record({ taken: fc.boolean(), route: fc.nat(2), straight: fc.boolean() }), {
    maxLength: 64,
  });
  fc.assert(
    fc.property(blocks, (list) => {
      const entries = list.flatMap(({ taken, route, straight }, i): readonly Entry[] =>
        taken ? [{ key: i * 16, mask: 0xfffffff0, route, defaultable: straight }] : [],
      );
      const merged = mergeEntries(entries);
      for (let key = 0; key < 64 * 16; key += 8) {
        const find = (es: readonly Entry[]): readonly unknown[] => {
          const hits = es.filter((e) => (key & e.mask) >>> 0 === e.key);
          return hits.map((e) => [e.route, e.defaultable]);
        };
        expect(find(merged)).toEqual(find(entries));
      }
    }),
  );
});

test("merging reduces 2^n equal neighbours to one entry", () => {
  const entries = Array.from(
    { length: 32 },
    (_, i): Entry => ({ key: i * 512, mask: 0xfffffe00, route: 5, defaultable: false }),
  );
  expect(mergeEntries(entries)).toEqual([{ key: 0, mask: 0xffffc000, route: 5, defaultable: false }]);
  const random = randomFrom(7);
  const some = entries.filter(() => random.chance(80));
  expect(mergeEntries(some).length).toBeGreaterThan(1);
});
