import { type WeightBinary, weightBinary } from "../../compiler/formats/graph/index.ts";
import { floats, type LinearMap, type PopulationId, type SpikingNetwork } from "../../compiler/ir/index.ts";
import { code, literal, type Spelling } from "./literal.ts";

/** A constant of the program. Its identifier is ours (`p0`, `m0`, `w0`): a name from a model is never an identifier. */
export interface Constant {
  readonly name: string;
  readonly value: string;
}

/** Identifiers of one program, given out in the order of first use. */
export interface Names {
  readonly spelling: Spelling;
  readonly population: (id: PopulationId) => string;
  /** Equal maps are one constant, however many projections share it. */
  readonly map: (map: LinearMap) => string;
  readonly maps: () => readonly Constant[];
  readonly weights: WeightBinary;
  /** Identifier by label in `weights`. */
  readonly weightNames: ReadonlyMap<string, string>;
}

/** The value with its parts replaced by their constants. */
const flat = (map: LinearMap, name: (part: LinearMap) => string): unknown => {
  if (map.kind === "chain") return { ...map, maps: map.maps.map((part) => code(name(part))) };
  return map.kind === "adjoint" ? { ...map, of: code(name(map.of)) } : map;
};

const spellingInto = (weights: WeightBinary, names: Map<string, string>): Spelling => {
  const spelling: Spelling = {
    weight: (w) => {
      if (w.grid !== null) throw new Error(`weight ${w.name} is not integer: it has a grid`);
      const label = weights.labels.weight(w);
      const name = names.get(label) ?? `w${names.size}`;
      names.set(label, name);
      return `w.${name}`;
    },
    numbers: (list) =>
      `listOf(${spelling.weight(floats("numbers", [list.length], Float64Array.from(list)))})`,
  };
  return spelling;
};

export const namesOf = ({ populations }: SpikingNetwork): Names => {
  const weights = weightBinary();
  const weightNames = new Map<string, string>();
  const spelling = spellingInto(weights, weightNames);
  const indexOf = new Map(populations.map((p, i) => [p.id, i]));
  const maps = new Map<string, Constant>();
  const map = (of: LinearMap): string => {
    const value = `linearMap(${literal(flat(of, map), spelling)})`;
    const constant = maps.get(value) ?? { name: `m${maps.size}`, value };
    maps.set(value, constant);
    return constant.name;
  };
  const population = (id: PopulationId): string => {
    const index = indexOf.get(id);
    if (index === undefined) throw new Error(`the network has no population ${id}`);
    return `p${index}`;
  };
  return { spelling, population, map, maps: () => [...maps.values()], weights, weightNames };
};
