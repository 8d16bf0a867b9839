import { item, type Random, randomFrom, type Shape, sizeOf } from "../../compiler/ir/core/index.ts";
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

// FNV-1a: parameters of one seed differ by their names.
const hashOf = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
};

/** Sum of twelve uniform numbers less six: mean 0, variance 1, and the same bits on every machine. */
const normalFrom = (random: Random): number => {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.unit();
  return sum;
};

const fansOf = (shape: Shape): { readonly into: number; readonly out: number } => {
  const field = sizeOf(shape.slice(2));
  return { into: (shape[1] ?? 1) * field, out: item(shape, 0) * field };
};

const filled = (shape: Shape, make: () => number): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(make()));

/** The numbers of an init for the parameter `name`; the same seed and name give the same numbers. */
export const drawn = (
  init: Exclude<Init, { readonly kind: "load" }>,
  name: string,
  shape: Shape,
): Float64Array => {
  if (init.kind === "constant") return filled(shape, () => init.value);
  const random = randomFrom(init.seed ^ hashOf(name));
  const { into, out } = fansOf(shape);
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
