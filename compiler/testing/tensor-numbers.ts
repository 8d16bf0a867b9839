import { type Random, randomFrom } from "../check/random.ts";
import { floats, item, type Shape, sizeOf, type Weight } from "../ir/index.ts";
import type { TensorRecipe, TensorStep } from "./tensor-recipe.ts";

/** One step of a recipe with the recipe it is part of: all that numbers are drawn from. */
export interface TensorSite {
  readonly recipe: TensorRecipe;
  readonly step: TensorStep;
  readonly name: string;
}

/** Small dyadic numbers: products and sums of a few layers are exact in doubles, in any order. */
const dyadic = [-1, -0.5, 0, 0.5, 1] as const;

const draw = ({ recipe }: TensorSite, random: Random): number =>
  recipe.mode === "range" ? random.pick([-1, 1]) : random.pick(dyadic);

/**
 * What mode `zero` makes of every fourth channel: as drawn, zero, equal to the first of the four, twice it.
 * These are the channels that lossless elimination finds.
 */
const shapeRow = (rows: Float64Array, inner: number, channel: number): void => {
  const first = (channel - (channel % 4)) * inner;
  const factor = item([1, 0, 1, 2], channel % 4);
  for (let i = 0; i < inner; i++) rows[channel * inner + i] = factor * item(rows, first + i);
};

/** Numbers of shape [channels, ...]. */
const drawRows = (site: TensorSite, shape: Shape, seed: number): Float64Array => {
  const random = randomFrom(seed);
  const rows = Float64Array.from({ length: sizeOf(shape) }, () => draw(site, random));
  const inner = sizeOf(shape.slice(1));
  if (site.recipe.mode === "zero") for (let c = 0; c < item(shape, 0); c++) shapeRow(rows, inner, c);
  return rows;
};

/** Weights [out, in, ...]; in mode `zero` every fifth input is read by nobody. */
export const drawKernel = (site: TensorSite, shape: Shape): Weight => {
  const data = drawRows(site, shape, site.step.seed);
  const inner = sizeOf(shape.slice(2));
  const unread = (i: number): boolean => (Math.floor(i / inner) + site.step.seed) % 5 === 0;
  const kept =
    site.recipe.mode === "zero" ? data.map((w, i) => (unread(i % sizeOf(shape.slice(1))) ? 0 : w)) : data;
  return floats(`${site.name}_weight`, shape, kept);
};

export const drawWeight = (site: TensorSite, role: string, shape: Shape): Weight =>
  floats(`${site.name}_${role}`, shape, drawRows(site, shape, site.step.seed + role.length));

export const drawVector = (site: TensorSite, role: string, channels: number): Weight =>
  drawWeight(site, role, [channels]);

/** Spread of every channel is 1/2, 1 or 2, exactly: variance + epsilon is a square. */
export const drawNorm = (site: TensorSite, channels: number) => {
  const epsilon = 1 / 1024;
  const random = randomFrom(site.step.seed + 5);
  const spread = Float64Array.from({ length: channels }, () => random.pick([0.25, 1, 4]) - epsilon);
  const even = site.recipe.mode === "zero" ? spread.fill(1 - epsilon) : spread;
  return {
    scale: drawVector(site, "scale", channels),
    shift: drawVector(site, "shift", channels),
    mean: drawVector(site, "mean", channels),
    variance: floats(`${site.name}_variance`, [channels], even),
    epsilon,
  };
};
