import { expect, test } from "vitest";
import {
  type Arithmetic,
  clock,
  diagonal,
  fixed,
  floats,
  type Membrane,
  membraneOf,
  type Population,
  type Projection,
  populationId,
  project,
  type SpikingNetwork,
  spikes,
  spikingInvariants,
  toZero,
  violationsOf,
} from "../../../compiler/ir/index.ts";

const part = (...values: readonly number[]) => floats("p", [values.length], Float64Array.from(values));
const id = populationId.of;

const cell = (more: Partial<Parameters<typeof membraneOf>[0]> = {}): Membrane =>
  membraneOf({ decay: part(0.5), threshold: part(1), comparator: "above", reset: toZero, ...more });

const population = (
  name: string,
  model: Population["model"],
  more: Partial<Population> = {},
): Population => ({
  id: id(name),
  shape: [2],
  model,
  code: spikes,
  bias: null,
  origins: [],
  start: 0,
  ...more,
});

const between = (from: string, to: string, more: Partial<Projection> = {}): Projection =>
  project({ from: id(from), to: id(to), map: diagonal([2], part(1)), ...more });

interface Parts {
  readonly cells?: readonly Population[];
  readonly projections?: readonly Projection[];
  readonly arithmetic?: Arithmetic;
  readonly hop?: number;
}

/** Names of the invariants that do not hold. */
const broken = ({ cells = [], projections = [], arithmetic = { kind: "real" }, hop = 0 }: Parts) => {
  const network: SpikingNetwork = {
    name: "n",
    schedule: clock(0, { hop }),
    arithmetic,
    populations: [population("input", { kind: "events", code: null }), ...cells],
    projections,
    outputs: [],
    spellings: [],
  };
  return violationsOf(spikingInvariants, network).map((v) => v.slice(0, 2));
};

test("under a clock a cycle needs a step: of a hop, a delay, or all delays of its synapses", () => {
  const cells = [population("a", cell()), population("b", cell())];
  const cycle = (more: Partial<Projection>) => [between("a", "b"), between("b", "a", more)];
  expect(broken({ cells, projections: cycle({}) })).toEqual(["S4", "S4"]);
  expect(broken({ cells, projections: cycle({ delay: 1 }) })).toEqual([]);
  expect(broken({ cells, projections: cycle({}), hop: 1 })).toEqual([]);
  expect(broken({ cells, projections: cycle({ delays: part(1, 2) }) })).toEqual([]);
  expect(broken({ cells, projections: cycle({ delays: part(0, 2) }) })).toEqual(["S4", "S4"]);
});

test("a relay takes no step, whatever the hop", () => {
  const cells = [population("a", { kind: "relay" }), population("b", { kind: "relay" })];
  expect(broken({ cells, projections: [between("a", "b"), between("b", "a")], hop: 1 })).toEqual([
    "S4",
    "S4",
  ]);
});

test("parameters stand for all, for channels or for neurons", () => {
  expect(broken({ cells: [population("a", cell({ threshold: part(1, 2) }))] })).toEqual([]);
  expect(broken({ cells: [population("a", cell({ threshold: part(1, 2, 3) }))] })).toEqual(["S7"]);
  expect(broken({ cells: [population("a", cell({ rest: part(1, 2, 3, 4) }))] })).toEqual(["S7"]);
});

test("real numbers are finite, fixed ones on their grids, exact ones whole", () => {
  const chip = fixed({ decayBits: 12, accumulatorBits: 24, currentBits: 24, voltageBits: 24 });
  const at = (model: Membrane, arithmetic: Arithmetic) =>
    broken({ cells: [population("a", model)], arithmetic });
  expect(at(cell({ threshold: part(0.5) }), { kind: "real" })).toEqual([]);
  expect(at(cell({ threshold: part(Number.NaN) }), { kind: "real" })).toEqual(["S8"]);
  expect(at(cell(), chip)).toEqual([]);
  expect(at(cell({ decay: part(0.3) }), chip)).toEqual(["S8"]);
  expect(at(cell({ threshold: part(0.5) }), chip)).toEqual(["S8"]);
  expect(at(cell({ rest: part(1) }), chip)).toEqual(["S8"]);
  expect(at(cell({ threshold: part(0.5) }), { kind: "exact" })).toEqual(["S8"]);
  expect(at(cell(), { kind: "buffered", bufferBits: 16, stateBits: 32 })).toEqual(["S8"]);
});

test("times are whole and not negative, delays as many as sources or synapses", () => {
  const cells = [population("a", cell())];
  const from = (more: Partial<Projection>) => broken({ cells, projections: [between("input", "a", more)] });
  expect(from({ delays: part(0, 1) })).toEqual([]);
  expect(from({ delays: part(0, 1, 2, 3) })).toEqual([]);
  expect(from({ delays: part(0, 1, 2) })).toEqual(["S9"]);
  expect(from({ delays: part(0, 1.5) })).toEqual(["S9"]);
  expect(from({ delay: -1 })).toEqual(["S9"]);
  expect(broken({ cells: [population("a", cell({ refractory: -1 }))] })).toEqual(["S9"]);
});
