import type { Numbers } from "../../compiler/ir/core/index.ts";
import type { Population, SpikingNetwork } from "../../compiler/ir/spiking/index.ts";
import { givenFor } from "../given.ts";
import { encodeInput } from "../integer/index.ts";

/** Values of a network by input name. The first origin of an input population is its name. */
export type Inputs = ReadonlyMap<string, Numbers>;

export const inputName = ({ origins, id }: Population): string => origins[0]?.name ?? id;

/** Levels given for an input population. Throws when one is missing or outside of its range. */
export const givenLevels = (p: Population, levels: Inputs): Float64Array => {
  if (p.model.kind !== "input") throw new Error(`${p.id} is no input`);
  const { low, high } = p.model;
  const { data } = givenFor(levels, inputName(p), p.shape);
  const at = data.findIndex((q) => !(Number.isInteger(q) && q >= low && q <= high));
  if (at >= 0)
    throw new Error(`input ${inputName(p)}[${at}] is ${data[at]}, a level of ${low}..${high} is needed`);
  return data;
};

/** Integer levels of real inputs, as the input populations of an abstract network round them. */
export const encodeInputs = (network: SpikingNetwork, inputs: Inputs): Inputs =>
  new Map(
    network.populations.flatMap((p) => {
      if (p.model.kind !== "input") return [];
      const given = givenFor(inputs, inputName(p), p.shape);
      return [[inputName(p), encodeInput({ attrs: p.model }, given)] as const];
    }),
  );

/** Greedy digits of levels on lanes: 1 where the lane of that gain fires. One array a lane. */
export const laneDigits = (levels: Float64Array, gains: readonly number[]): readonly Uint8Array[] => {
  const rest = levels.slice();
  return gains.map((gain) => {
    const fires = new Uint8Array(levels.length);
    for (let e = 0; e < rest.length; e++) {
      if ((rest[e] ?? 0) < gain) continue;
      fires[e] = 1;
      rest[e] = (rest[e] ?? 0) - gain;
    }
    return fires;
  });
};
