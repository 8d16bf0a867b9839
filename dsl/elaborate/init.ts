import { normalFrom, randomFrom, type Shape, sizeOf } from "../../compiler/ir/core/index.ts";
import type { Text } from "../syntax.ts";

/** Where the numbers of a parameter come from when no file has them. */
export type Init =
  | { readonly kind: "constant"; readonly value: number }
  /** Normal with std sqrt(2 / fan in) (He et al. 2015, eq. 10). */
  | { readonly kind: "kaiming"; readonly seed: number }
  /** Uniform within sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010, eq. 16). */
  | { readonly kind: "xavier"; readonly seed: number }
  | { readonly kind: "normal"; readonly mean: number; readonly std: number; readonly seed: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number; readonly seed: number }
  /** An array of a file, at a path as the host takes it. */
  | { readonly kind: "load"; readonly file: Text; readonly path: string; readonly name: string };

/** What a weight of a layer has around it; strides and masks are not counted. */
export interface Fans {
  /** Inputs of one output. */
  readonly into: number;
  /** Outputs that read one input. */
  readonly out: number;
}

/** Fans of [out, in, kernel]: of a matrix, and of a `param` whose use is not known. */
export const fansOf = (shape: Shape): Fans => {
  const [out = 1, into = 1, ...kernel] = shape;
  return { into: into * sizeOf(kernel), out: out * sizeOf(kernel) };
};

/** How a parameter begins when the `weights` line of its network names no file. */
export interface Start {
  /** Null: what the line draws. */
  readonly value: number | null;
  readonly fans: Fans;
}

export const drawnBy = (fans: Fans): Start => ({ value: null, fans });

/** Shifts start at 0 and factors of a norm at 1. A draw that is asked for is one of a single synapse. */
export const startingAt = (value: number, fans: Fans = { into: 1, out: 1 }): Start => ({ value, fans });

// FNV-1a: parameters of one seed differ by their names.
const hashOf = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
};

const filled = (shape: Shape, make: () => number): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(make()));

/** The numbers of an init for the parameter `name`; the same seed and name give the same numbers. */
export const drawn = (
  init: Exclude<Init, { readonly kind: "load" }>,
  name: string,
  shape: Shape,
  { into, out }: Fans,
): Float64Array => {
  if (init.kind === "constant") return filled(shape, () => init.value);
  const random = randomFrom(init.seed ^ hashOf(name));
  switch (init.kind) {
    case "kaiming": {
      const std = Math.sqrt(2 / into);
      return filled(shape, () => std * normalFrom(random));
    }
    case "xavier": {
      const limit = Math.sqrt(6 / (into + out));
      return filled(shape, () => limit * (2 * random.unit() - 1));
    }
    case "normal":
      return filled(shape, () => init.mean + init.std * normalFrom(random));
    case "uniform":
      return filled(shape, () => init.low + (init.high - init.low) * random.unit());
  }
};
