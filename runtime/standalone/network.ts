import { named } from "../../compiler/diagnostics/index.ts";
import { type Branded, type Shape, schema, type Weight } from "../../compiler/ir/core/index.ts";
import type { LinearMap } from "../../compiler/ir/linear/index.ts";
import type {
  NeuronModel,
  Population,
  Projection,
  ReadOut,
  SpikeCode,
} from "../../compiler/ir/spiking/index.ts";

const populationId: (name: string) => Branded<"population"> = schema.brand("population").of;

/** A population whose shape is part of its type. */
export interface PopulationOf<S extends Shape> extends Population {
  readonly shape: S;
}

/** The names that the model gave: of the value that a population sends, and of the nodes that it comes from. */
export interface Names {
  readonly value: string;
  readonly nodes: readonly string[];
}

export interface PopulationParts {
  readonly model: NeuronModel;
  readonly code: SpikeCode;
  readonly bias: Weight | null;
  /** Phase, wave-front step or step of reading: see `Population`. */
  readonly start: number;
}

export const population = <const S extends Shape>(
  names: Names,
  shape: S,
  parts: PopulationParts,
): PopulationOf<S> => ({
  id: populationId(names.value),
  shape,
  ...parts,
  origins: names.nodes.map(named),
});

/** The name under which samples give the value of an input. */
export const inputName = ({ origins, id }: Population): string => origins[0]?.name ?? id;

interface ShapedWeight<S extends Shape> {
  readonly shape: S;
}

/** What the weights of a map with these ends must look like. */
type Fitting<M> = M extends {
  readonly kind: "dense";
  readonly from: readonly [infer N extends number];
  readonly to: readonly [infer K extends number];
}
  ? { readonly weight: ShapedWeight<readonly [K, N]> }
  : M extends { readonly kind: "conv"; readonly to: readonly [infer K extends number, ...Shape] }
    ? { readonly weight: ShapedWeight<readonly [K, ...number[]]> }
    : unknown;

/** A linear map with its ends as types: rows of a dense map and output channels of a convolution must fit its weights. */
export const linearMap = <const M extends LinearMap>(map: M & Fitting<M>): M => map;

/** The same elements in another shape around a map whose ends are not written as its populations write them. */
export const fitted = <const F extends Shape, const T extends Shape>(
  from: F,
  to: T,
  map: LinearMap,
): LinearMap & { readonly from: F; readonly to: T } => ({
  kind: "chain",
  from,
  to,
  maps: [map],
});

/** Joins two populations; the ends of the map must have their shapes. Adds gain * A d to the target for digits d. */
export const project = <F extends Shape, T extends Shape>(
  from: PopulationOf<F>,
  to: PopulationOf<T>,
  map: LinearMap & { readonly from: NoInfer<F>; readonly to: NoInfer<T> },
  gain: number,
  delay: number,
): Projection => ({ from: from.id, to: to.id, map, gain, delay, delays: null });

/** An output with the shape of the population that it reads. */
export interface OutputOf<S extends Shape> {
  readonly of: PopulationOf<S>;
  readonly readOut: ReadOut;
}

/** Reads a population at the end of a sample. */
export const output = <S extends Shape>(of: PopulationOf<S>, parts: Omit<ReadOut, "from">): OutputOf<S> => ({
  of,
  readOut: { from: of.id, ...parts },
});
