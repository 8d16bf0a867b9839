import { item, type Shape } from "../../compiler/ir/core/index.ts";
import { givenFor } from "../given.ts";
import { type Inputs, inputName, laneDigits } from "./inputs.ts";
import type { Wiring } from "./wiring.ts";

/** An input of a realized network: the lanes that the host makes spike, in the order of their digits. */
export interface InputLane {
  readonly name: string;
  readonly shape: Shape;
  readonly sites: readonly number[];
  readonly gains: readonly number[];
}

/** Spellings whose lanes are input populations. */
export const inputLanes = ({ network, siteOf }: Wiring): readonly InputLane[] =>
  network.spellings.flatMap(({ shape, lanes }) => {
    const populations = lanes.map(({ population }) => siteOf(population));
    const [first] = populations;
    if (first === undefined || first.population.model.kind !== "input") return [];
    return [
      {
        name: inputName(first.population),
        shape,
        sites: populations.map(({ index }) => index),
        gains: lanes.map(({ gain }) => gain),
      },
    ];
  });

/** Elements of an input lane that spike for a sample. */
export interface GivenLane {
  readonly lane: number;
  readonly fired: Int32Array;
}

/** Greedy digits of the given levels. Throws when a level is missing or needs more than the lanes spell. */
export const givenLanes = (lanes: readonly InputLane[], levels: Inputs): readonly GivenLane[] =>
  lanes.flatMap(({ name, shape, sites, gains }) => {
    const { data } = givenFor(levels, name, shape);
    const high = gains.reduce((sum, gain) => sum + gain, 0);
    const at = data.findIndex((q) => !(Number.isInteger(q) && q >= 0 && q <= high));
    if (at >= 0) throw new Error(`input ${name}[${at}] is ${data[at]}, a level of 0..${high} is needed`);
    return laneDigits(data, gains).map((fires, k) => {
      const fired: number[] = [];
      fires.forEach((f, e) => {
        if (f === 1) fired.push(e);
      });
      return { lane: item(sites, k), fired: Int32Array.from(fired) };
    });
  });
