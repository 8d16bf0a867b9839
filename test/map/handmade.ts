import {
  clock,
  dense,
  diagonal,
  integers,
  type LinearMap,
  type Membrane,
  membraneOf,
  type Population,
  type Projection,
  populationId,
  type SpikingNetwork,
  toZero,
} from "../../compiler/ir/index.ts";

const scalar = (n: number) => integers("n", [1], Float64Array.of(n));

export const cell: Membrane = membraneOf({
  decay: scalar(0),
  threshold: scalar(1),
  comparator: "reached",
  reset: toZero,
});

export const population = (
  name: string,
  shape: readonly number[],
  start: number,
  model: Population["model"] = cell,
): Population => ({
  id: populationId.of(name),
  shape,
  model,
  code: { kind: "plain", payload: false },
  bias: null,
  origins: [{ name, span: null }],
  start,
});

export const input = (name: string, shape: readonly number[]): Population =>
  population(name, shape, 0, { kind: "input", low: 0, high: 1, scale: [1], round: "floor" });

export const ones = (from: number, to: number): LinearMap =>
  dense(integers("ones", [to, from], new Float64Array(from * to).fill(1)));

export const identity = (shape: readonly number[]): LinearMap => diagonal(shape, scalar(1));

export const projection = (from: string, to: string, map: LinearMap, gain = 1, delay = 0): Projection => ({
  from: populationId.of(from),
  to: populationId.of(to),
  map,
  gain,
  delay,
  delays: null,
});

/** A clocked network; `values` are spelled by the populations `name.lane0`, `name.lane1`, ... of the given gains. */
export const clocked = (
  populations: readonly Population[],
  projections: readonly Projection[],
  values: Readonly<Record<string, readonly number[]>> = {},
): SpikingNetwork => ({
  name: "handmade",
  schedule: clock(9, { interval: 1 }),
  arithmetic: { kind: "exact" },
  populations,
  projections,
  outputs: [],
  spellings: Object.entries(values).map(([value, gains]) => {
    const lanes = gains.map((gain, k) => {
      const lane = populations.find((p) => p.id === populationId.of(`${value}.lane${k}`));
      if (lane === undefined) throw new Error(`${value} has no lane ${k}`);
      return { population: lane.id, gain, step: lane.start, shape: lane.shape };
    });
    return {
      value: populationId.of(value),
      shape: lanes[0]?.shape ?? [],
      lanes: lanes.map(({ population: id, gain, step }) => ({ population: id, gain, step })),
    };
  }),
});
