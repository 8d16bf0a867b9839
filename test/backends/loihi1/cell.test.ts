import fc from "fast-check";
import { expect, test } from "vitest";
import { target } from "../../../backends/loihi1/target.ts";
import {
  clock,
  floats,
  integers,
  membraneOf,
  numbers,
  type Population,
  type Projection,
  populationId,
  type SpikingNetwork,
} from "../../../compiler/ir/index.ts";
import { streamSpikingLevels } from "../../../runtime/spiking/index.ts";
import { identity, population, projection } from "../../map/handmade.ts";

const { cell } = target;
if (cell === null) throw new Error("Loihi has a cell");

const neuron = (unit: number): Population => {
  const { threshold, drive, floor } = cell.fireAtOne(unit);
  const scalar = (n: number) => integers("n", [1], Float64Array.of(n));
  const model = membraneOf({
    decay: floats("decay", [1], Float64Array.of(1 / 4096)),
    threshold: scalar(threshold),
    comparator: cell.comparator,
    reset: cell.reset,
    floor,
  });
  return { ...population("n", [1], 1, model), bias: scalar(drive) };
};

/** One neuron that sums the binary lanes of an input of 0..2^bits - 1, each lane worth a power of two or minus that. */
const adder = (unit: number, signs: readonly number[]): SpikingNetwork => {
  const lanes = signs.map(
    (_, k): Population =>
      population(`x${k}`, [1], 0, { kind: "input", low: 0, high: 1, scale: [1], round: "floor" }),
  );
  const wires = signs.map(
    (sign, k): Projection =>
      projection(`x${k}`, "n", identity([1]), sign * 2 ** k * unit * cell.weightFactor),
  );
  const first = lanes.map((p) => ({ ...p, origins: [{ name: "x", span: null }] }));
  return {
    name: "adder",
    schedule: clock(2, { interval: 1 }),
    arithmetic: cell.arithmetic,
    populations: [...first, neuron(unit)],
    projections: wires,
    outputs: [],
    spellings: [
      {
        value: populationId.of("x"),
        shape: [1],
        lanes: signs
          .map((_, k) => ({ population: populationId.of(`x${k}`), gain: 2 ** k, step: 0 }))
          .reverse(),
      },
      {
        value: populationId.of("fired"),
        shape: [1],
        lanes: [{ population: populationId.of("n"), gain: 1, step: 1 }],
      },
    ],
  };
};

test("the cell fires exactly when its sum is at least 1, whatever came the step before", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...cell.units),
      fc.array(fc.constantFrom(1, -1), { minLength: 12, maxLength: 12 }),
      fc.array(fc.nat(4095), { minLength: 2, maxLength: 30 }),
      (unit, signs, inputs) => {
        const network = adder(unit, signs);
        const levels = inputs.map((x) => new Map([["x", numbers([1], Float64Array.of(x))]]));
        const sums = inputs.map((x) =>
          signs.reduce((sum, sign, k) => sum + (((x >> k) & 1) === 1 ? sign * 2 ** k : 0), 0),
        );
        const fired = [...streamSpikingLevels(network, levels).samples].map(
          (s) => s.at(populationId.of("fired")).data[0],
        );
        expect(fired).toEqual(sums.map((sum) => (sum >= 1 ? 1 : 0)));
      },
    ),
    { numRuns: 300 },
  );
});

test("with the chip's default floor old potentials decide", () => {
  const unit = 64;
  const network = adder(unit, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1]);
  const broken: SpikingNetwork = {
    ...network,
    populations: network.populations.map((p) =>
      p.model.kind === "membrane" ? { ...p, model: { ...p.model, floor: -(2 ** 23 - 1) } } : p,
    ),
  };
  // The step before leaves v at -2048 units; the next sum is 1.
  const inputs = [2048, 1].map((x) => new Map([["x", numbers([1], Float64Array.of(x))]]));
  const fired = (n: SpikingNetwork): readonly (number | undefined)[] =>
    [...streamSpikingLevels(n, inputs).samples].map((s) => s.at(populationId.of("fired")).data[0]);
  expect(fired(network)).toEqual([0, 1]);
  expect(fired(broken)).toEqual([0, 0]);
});
