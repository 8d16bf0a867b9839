import {
  floats,
  type Rules,
  rewrite,
  sizeOf,
  type Tensor,
  type TensorGraph,
  tensorLevel,
  valuesOf,
  type Weight,
} from "../ir/index.ts";
import { mixNumber } from "./random.ts";

/** Weights of a row that stay; sums of more would soon need more bits than a double has. */
const keptInRow = 8;

/** Any number becomes 0, +-1/2 or +-1, one of `width / 8` not 0; equal numbers stay equal, so patterns survive. */
const smallNumber = (value: number, width: number): number => {
  const bits = mixNumber(value);
  const kept = (bits >>> 1) % Math.ceil(width / keptInRow) === 0;
  return kept ? Math.sign(value) * (bits % 2 === 0 ? 0.5 : 1) : 0;
};

const epsilon = 1 / 1024;

/** 1/4, 1 or 4 after epsilon is added: the square root is exact. */
const smallVariance = (value: number): number => ([0.25, 1, 4][mixNumber(value) % 3] ?? 1) - epsilon;

/**
 * The same network with small dyadic weights: a pass that is exact in real numbers is then exact bit for bit.
 * Weights that two nodes share stay shared.
 */
export const withDyadicWeights = (graph: TensorGraph): TensorGraph => {
  const made = new Map<Weight, Weight>();
  const small = (w: Weight): Weight => {
    const width = sizeOf(w.shape.slice(1));
    const found =
      made.get(w) ??
      floats(
        w.name,
        w.shape,
        valuesOf(w).map((value) => smallNumber(value, width)),
      );
    made.set(w, found);
    return found;
  };
  const smallOrNull = (w: Weight | null): Weight | null => (w === null ? null : small(w));
  const rules: Rules<Tensor> = {
    dense: ({ inputs, attrs }, { make }) =>
      make("dense", inputs, { weight: small(attrs.weight), bias: smallOrNull(attrs.bias) }),
    conv: ({ inputs, attrs }, { make }) =>
      make("conv", inputs, { ...attrs, weight: small(attrs.weight), bias: smallOrNull(attrs.bias) }),
    affine: ({ inputs, attrs }, { make }) =>
      make("affine", inputs, { scale: small(attrs.scale), shift: smallOrNull(attrs.shift) }),
    batchNorm: ({ inputs, attrs: { scale, shift, mean, variance } }, { make }) =>
      make("batchNorm", inputs, {
        scale: small(scale),
        shift: small(shift),
        mean: small(mean),
        variance: floats(variance.name, variance.shape, valuesOf(variance).map(smallVariance)),
        epsilon,
      }),
  };
  return rewrite(tensorLevel, graph, rules);
};
