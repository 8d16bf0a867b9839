import fc from "fast-check";
import { expect, test } from "vitest";
import { spinnaker1 } from "../../../backends/spinnaker1/index.ts";
import { item, type MachineProgram } from "../../../compiler/ir/index.ts";
import { faultsOf } from "../../rejected.ts";
import { randomProgram } from "./random-program.ts";

const bytesOf = (program: MachineProgram): ReadonlyMap<string, Uint8Array> =>
  new Map(spinnaker1.write(program).map(({ path, bytes }) => [path, Buffer.concat([...bytes()])]));

const textOf = (files: ReadonlyMap<string, Uint8Array>, path: string): string =>
  new TextDecoder().decode(files.get(path));

const program = randomProgram({
  inputs: 300,
  layers: [200, 90, 10],
  perCore: 64,
  density: 60,
  spread: 6,
  seed: 11,
});
const files = bytesOf(program);

/** The files with one of them edited as text; a pattern that does not occur is a fault of the test. */
const edited = (path: string, from: RegExp | string, to: string): ReadonlyMap<string, Uint8Array> => {
  const before = textOf(files, path);
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  return new Map([...files, [path, new TextEncoder().encode(after)]]);
};

const codesOf = (of: ReadonlyMap<string, Uint8Array>): readonly string[] => [
  ...new Set(spinnaker1.validate(of).map((d) => d.code)),
];

test("written files of random programs are found right", () => {
  const sizes = fc.record({
    inputs: fc.integer({ min: 1, max: 600 }),
    layers: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 3 }),
    perCore: fc.integer({ min: 8, max: 256 }),
    density: fc.integer({ min: 0, max: 100 }),
    spread: fc.integer({ min: 0, max: 15 }),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(sizes, (s) => {
      expect(spinnaker1.validate(bytesOf(randomProgram(s)))).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test("a program on three boards is written and found right", () => {
  const large = randomProgram({ inputs: 64, layers: [900], perCore: 2, density: 4, spread: 1, seed: 2 });
  expect(large.topology).toMatchObject({ size: [16, 16] });
  expect(spinnaker1.validate(bytesOf(large))).toEqual([]);
});

test("two writes give the same bytes", () => {
  const again = bytesOf(
    randomProgram({ inputs: 300, layers: [200, 90, 10], perCore: 64, density: 60, spread: 6, seed: 11 }),
  );
  expect([...again.keys()]).toEqual([...files.keys()]);
  for (const [path, bytes] of files) expect(again.get(path)).toEqual(bytes);
});

test("monitor cores stay free: programs use cores 2..16, and 3..17 on the Ethernet chip", () => {
  const placements: readonly { readonly x: number; readonly y: number; readonly p: number }[] = JSON.parse(
    textOf(files, "placements.json"),
  );
  for (const { x, y, p } of placements) {
    const first = x === 0 && y === 0 ? 3 : 2;
    expect(p).toBeGreaterThanOrEqual(first);
    expect(p).toBeLessThan(first + 15);
  }
});

test("a cleared route is found", () => {
  const faults = spinnaker1.validate(
    edited("routing_tables.json", /"spinnaker_route":(\d+)/, '"spinnaker_route":0'),
  );
  expect(faults.some((d) => d.code === "spinnaker1/core-not-reached")).toBe(true);
  expect(faults.every((d) => d.where.file === "routing_tables.json")).toBe(true);
});

test("each kind of damage to the files has its code", () => {
  const damage: readonly (readonly [string, ReadonlyMap<string, Uint8Array>])[] = [
    ["spinnaker1/file-missing", new Map([...files].filter(([path]) => path !== "keys.json"))],
    ["spinnaker1/file-damaged", edited("machine.json", "{", "")],
    ["spinnaker1/file-damaged", edited("machine.json", '"root":[0,0]', '"root":[0]')],
    ["spinnaker1/file-damaged", edited("routing_tables.json", '"mask":', '"musk":')],
    ["spinnaker1/file-damaged", edited("n_keys_map.json", /"n_keys":\d+/, '"n_keys":9999')],
    ["spinnaker1/file-damaged", edited("keys.json", /"mask":\d+/, '"mask":4294967295')],
    [
      "spinnaker1/file-damaged",
      edited("keys.json", /"elements":\[\[\d+,\d+\]\]/, '"elements":[[0,4294967295]]'),
    ],
    [
      "spinnaker1/file-damaged",
      edited("placements.json", '"vertex_label":"core 0"', '"vertex_label":"core zero"'),
    ],
    ["spinnaker1/file-missing", new Map([...files].filter(([path]) => path !== "program.bin"))],
    ["program/damaged", edited("program.json", '"format"', '"former"')],
    ["spinnaker1/unknown-core", edited("placements.json", /"p":\d+/, '"p":18')],
    ["spinnaker1/unknown-core", edited("placements.json", /"x":\d+/, '"x":77')],
    ["spinnaker1/core-used-twice", edited("placements.json", /\{[^}]*\}/, "$&,\n$&")],
    ["spinnaker1/table-misplaced", edited("routing_tables.json", /"x":\d+/, '"x":99')],
    [
      "spinnaker1/table-misplaced",
      edited("routing_tables.json", /"x":0,"y":0,.*\n/, '$&{"x":0,"y":0,"entries":[]},\n'),
    ],
  ];
  for (const [code, broken] of damage) expect(codesOf(broken)).toContain(code);
});

test("all files that cannot be read are named at once", () => {
  const faults = spinnaker1.validate(new Map([["keys.json", Uint8Array.of(0xff)]]));
  expect(faults.map((d) => d.code).sort()).toEqual([
    "spinnaker1/file-damaged",
    ...Array.from({ length: 4 }, () => "spinnaker1/file-missing"),
  ]);
});

test("a weight, a delay and a row that do not fit are all reported", () => {
  const lists = item(program.lists, 0);
  const first = item(lists.population, 0);
  const row = 257;
  const wide = {
    ...lists,
    population: Uint16Array.of(first),
    element: Uint32Array.of(item(lists.element, 0)),
    offsets: Uint32Array.of(0, row),
    slot: new Uint16Array(row),
    mantissa: new Int32Array(row).fill(65536),
    kind: new Uint8Array(row),
  };
  const cores = program.cores.map((c, i) =>
    i === 0 ? { ...c, formats: [{ ...item(c.formats, 0), delay: 31 }] } : c,
  );
  const faults = faultsOf(() =>
    spinnaker1.write({ ...program, cores, lists: [wide, ...program.lists.slice(1)] }),
  );
  expect(faults.map((d) => d.code)).toEqual([
    "spinnaker1/row-too-long",
    "spinnaker1/weight-too-wide",
    "spinnaker1/delay-too-long",
  ]);
  expect(faults.map((d) => d.why)).toEqual([
    `${program.network.populations[first]?.id}[${lists.element[0]}] has 257 synapses on the core, a row holds 256`,
    "weight 65536 is outside -65535..65535",
    "a delay of 32 ticks is above 31, the greatest that a synapse word can hold",
  ]);
});
