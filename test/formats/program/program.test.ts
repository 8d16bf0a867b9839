import fc from "fast-check";
import { expect, test } from "vitest";
import { conversionModes, convert } from "../../../compiler/convert/index.ts";
import { programArtifacts, programFiles, readProgram } from "../../../compiler/formats/program/index.ts";
import { item, type Json, type MachineProgram } from "../../../compiler/ir/index.ts";
import { mapNetwork } from "../../../compiler/map/index.ts";
import { integerGraphs } from "../../../compiler/testing/index.ts";
import { clocked, identity, input, ones, population, projection } from "../../map/handmade.ts";
import { machineWith } from "../../map/machines.ts";
import { faultsOf } from "../../rejected.ts";

interface Files {
  readonly json: Uint8Array;
  readonly binary: Uint8Array;
}

const written = (program: MachineProgram): Files => {
  const files = new Map(
    programArtifacts(program).map(({ path, bytes }) => [path, new Uint8Array(Buffer.concat([...bytes()]))]),
  );
  return {
    json: files.get(programFiles.json) ?? new Uint8Array(),
    binary: files.get(programFiles.binary) ?? new Uint8Array(),
  };
};

/** Weights are functions: what they hold, in place of what they are. */
const plain = (program: MachineProgram): unknown =>
  JSON.parse(
    JSON.stringify(program, (_, v: unknown) =>
      typeof v === "object" && v !== null && "hash" in v && typeof v.hash === "function" ? v.hash() : v,
    ),
  );

const codesOf = (run: () => unknown): readonly string[] => faultsOf(run).map((d) => `${d.code}: ${d.why}`);

const drawn = fc
  .tuple(integerGraphs({ maxSteps: 4 }), fc.constantFrom(...conversionModes), fc.integer({ min: 1, max: 40 }))
  .map(([graph, mode, neurons]) => mapNetwork(convert(graph, mode).graph, machineWith({ neurons })).program);

test("a program that was read is the one that was written", () => {
  fc.assert(
    fc.property(drawn, (program) => {
      const files = written(program);
      const back = readProgram(files.json, files.binary);
      expect(plain(back)).toEqual(plain(program));
      expect(back.lists).toEqual(program.lists);
      const again = written(back);
      expect(again).toEqual(files);
    }),
    { numRuns: 60 },
  );
});

const wide = (weights: readonly number[], neurons: number): MachineProgram => {
  const network = clocked(
    [input("x", [weights.length]), population("a", [neurons], 1)],
    weights.map((gain) => projection("x", "a", ones(weights.length, neurons), gain)),
  );
  return mapNetwork(network, machineWith({})).program;
};

test.each([
  ["one byte", [2, -256, 254], 3],
  ["one byte, odd", [1, -128, 127], 3],
  ["two bytes", [2, 256], 3],
  ["four bytes", [1, 40000], 3],
  ["slots above 255", [1, 2], 300],
])("mantissas and slots of any width come back: %s", (_, weights, neurons) => {
  const program = wide(weights, neurons);
  const files = written(program);
  expect(readProgram(files.json, files.binary).lists).toEqual(program.lists);
});

test("projections that shared a map share it again, and no others", () => {
  const map = ones(2, 3);
  const network = clocked(
    [input("x", [2]), population("a", [3], 1)],
    [projection("x", "a", map), projection("x", "a", map, 2, 1), projection("x", "a", ones(2, 3), 4)],
  );
  const files = written(mapNetwork(network, machineWith({})).program);
  const { projections } = readProgram(files.json, files.binary).network;
  const [first, second, equal] = projections.map((q) => q.map);
  expect(second).toBe(first);
  expect(equal).not.toBe(first);
});

const small = mapNetwork(
  clocked(
    [input("x", [2, 2, 2]), population("a", [2, 2, 2], 1), population("y", [3], 2)],
    [
      projection("x", "a", identity([2, 2, 2])),
      projection("a", "y", ones(8, 3), 1, 1),
      projection("a", "y", ones(8, 3), 2),
    ],
  ),
  machineWith({ neurons: 6 }),
).program;
const files = written(small);

const isObject = (v: Json | undefined): v is { readonly [key: string]: Json } =>
  typeof v === "object" && v !== null && !Array.isArray(v);
const isList = (v: Json | undefined): v is readonly Json[] => Array.isArray(v);

/** The JSON with the value at a path replaced. */
const replaced = (json: Json, path: readonly (string | number)[], value: Json): Json => {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (isList(json)) return json.map((v, i) => (i === first ? replaced(v, rest, value) : v));
  if (isObject(json)) return { ...json, [first]: replaced(json[first] ?? null, rest, value) };
  throw new Error(`no ${first}`);
};

const withJson = (path: readonly (string | number)[], value: Json): readonly string[] => {
  const json: Json = JSON.parse(new TextDecoder().decode(files.json));
  const changed = new TextEncoder().encode(JSON.stringify(replaced(json, path, value)));
  return codesOf(() => readProgram(changed, files.binary));
};

test.each<[string, readonly (string | number)[], Json, string]>([
  [
    "a slot that is taken twice",
    ["program", "cores", 0, "blocks", 1, "slot"],
    0,
    "program/misplaced: slot 0 is taken twice",
  ],
  [
    "elements that are not there",
    ["program", "cores", 0, "blocks", 0, "range"],
    [0, 9e15],
    "program/misplaced: a has no elements",
  ],
  ["a stride of zero", ["program", "cores", 1, "blocks", 0, "stride"], 0, "are outside 0..65535"],
  [
    "a population of another name",
    ["program", "cores", 0, "blocks", 0, "population"],
    "b",
    "there is no population b",
  ],
  ["a neuron without a place", ["program", "cores", 1, "blocks"], [], "program/unplaced"],
  [
    "formats that are too few",
    ["program", "cores", 1, "formats"],
    [{ weightBits: 8 }],
    "program/list-damaged: synapse",
  ],
  ["a delay that no ring holds", ["program", "cores", 1, "formats", 0, "delay"], 1e9, "is out of range"],
  ["a core without lists", ["lists", "cores"], [], "0 lists stand for 2 cores"],
  ["lists beyond the file", ["lists", "cores", 1, "synapses"], 1e9, "the file at"],
  ["a negative count", ["lists", "cores", 0, "axons"], -1, "offset or count is impossible"],
  ["a width of 3", ["lists", "cores", 0, "mantissaBytes"], 3, "a width is impossible"],
  ["a unit of 0", ["lists", "unit"], 0, "units of 0"],
  ["another format", ["format"], "spikefold/program@9", "program/damaged"],
  ["a field that nobody knows", ["program", "color"], "red", "there is no field color"],
  [
    "a shape that would fill memory",
    ["program", "network", "populations", 1, "shape"],
    [1e6, 1e6],
    "more than",
  ],
  ["a shape of nothing", ["program", "network", "populations", 1, "shape"], [0], "has no size"],
  ["a projection to nowhere", ["program", "network", "projections", 0, "to"], "b", "an end is missing"],
  ["a weight beyond the file", ["weights", 0, "offset"], 1e9, "lies outside the binary"],
])("refuses %s", (_, path, value, reason) => {
  const found = withJson(path, value);
  expect(found.length).toBeGreaterThan(0);
  expect(found.join("\n")).toContain(reason);
});

test("refuses slots, elements and offsets of the binary that are not there", () => {
  const table: Json = JSON.parse(new TextDecoder().decode(files.json));
  const lists = isObject(table) ? table.lists : null;
  const parts = isObject(lists) ? lists.cores : null;
  const part = isList(parts) ? parts[0] : null;
  if (!isObject(part)) throw new Error("no part");
  const offset = Number(part.offset);
  const axons = Number(part.axons);
  const pad = (n: number): number => Math.ceil(n / 8) * 8;
  const elementAt = offset + pad(2 * axons);
  const offsetsAt = elementAt + pad(4 * axons);
  const slotAt = offsetsAt + pad(4 * (axons + 1));
  const reasons = [offset, elementAt, offsetsAt + 4, slotAt].map((at) => {
    const binary = files.binary.slice();
    binary[at] = 200;
    return codesOf(() => readProgram(files.json, binary)).join();
  });
  expect(reasons[0]).toContain("which is not there");
  expect(reasons[1]).toContain("which is not there");
  expect(reasons[2]).toContain("program/list-damaged");
  expect(reasons[3]).toContain("names slot 200, where no neuron is");
});

test("refuses a file that ends early, at any byte", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: files.binary.length - 1 }), (n) => {
      expect(codesOf(() => readProgram(files.json, files.binary.subarray(0, n))).length).toBeGreaterThan(0);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: files.json.length - 2 }), (n) => {
      expect(codesOf(() => readProgram(files.json.subarray(0, n), files.binary)).length).toBeGreaterThan(0);
    }),
  );
});

test("a damaged byte of the JSON is refused or read, never a fault of ours", () => {
  fc.assert(
    fc.property(fc.nat(files.json.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const json = files.json.slice();
      json[at] = byte;
      codesOf(() => readProgram(json, files.binary));
    }),
    { numRuns: 500 },
  );
});

test("all faults are told at once", () => {
  const json: Json = JSON.parse(new TextDecoder().decode(files.json));
  const first = replaced(json, ["program", "cores", 0, "blocks", 1, "slot"], 0);
  const both = replaced(first, ["program", "cores", 1, "formats"], [{ weightBits: 8 }]);
  const found = codesOf(() => readProgram(new TextEncoder().encode(JSON.stringify(both)), files.binary));
  expect(found.map((f) => f.split(":")[0])).toEqual(
    expect.arrayContaining(["program/misplaced", "program/list-damaged"]),
  );
});

test("the binary lies as its description says", () => {
  const json: Json = JSON.parse(new TextDecoder().decode(files.json));
  const lists = isObject(json) ? json.lists : null;
  const parts = isObject(lists) ? lists.cores : null;
  const part = isList(parts) ? item(parts, 1) : null;
  if (!isObject(part)) throw new Error("no part");
  const { element } = item(small.lists, 1);
  const at = Number(part.offset) + Math.ceil((2 * element.length) / 8) * 8;
  const view = new DataView(files.binary.buffer, files.binary.byteOffset);
  expect(Array.from({ length: element.length }, (_, a) => view.getUint32(at + 4 * a, true))).toEqual([
    ...element,
  ]);
});
