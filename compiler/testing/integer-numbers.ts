import { type Random, randomFrom } from "../check/random.ts";
import { unreachable } from "../diagnostics/index.ts";
import {
  type IntegerNode,
  integers,
  item,
  type LevelFunction,
  rangeOfNode,
  type Shape,
  sizeOf,
  type Weight,
} from "../ir/index.ts";
import type { IntegerRecipe, IntegerStep } from "./integer-recipe.ts";

/** One step of a recipe with the recipe it is part of: all that numbers are drawn from. */
export interface Site {
  readonly recipe: IntegerRecipe;
  readonly step: IntegerStep;
}

const topOf = ({ recipe, step }: Site): number =>
  Math.max(1, Math.floor((recipe.weightLimit * step.magnitude) / 100));

const levelsOf = ({ recipe, step }: Site): number => item(recipe.levels, step.levels);

/** Odd theta of a channel in mode `tie`, known before the weights: they are multiples of it. */
const tieTheta = (site: Site, channel: number): number => {
  const half = Math.floor((topOf(site) - 1) / 2);
  return 2 * randomFrom(site.step.seed + 7919 * (channel + 1)).between(0, half) + 1;
};

const drawWeight = (site: Site, random: Random, channel: number): number => {
  const top = topOf(site);
  switch (site.recipe.mode) {
    case "range":
      return (site.step.seed + channel) % 3 === 2 ? -top : top;
    case "tie":
      return tieTheta(site, channel) * random.between(-1, 1);
    case "zero":
      return channel % 2 === 1 || random.chance(40) ? 0 : random.between(-top, top);
    case "uniform":
    case "shape":
      return random.between(-top, top);
    default:
      return unreachable(site.recipe.mode);
  }
};

/** Weights whose axis 0 is the output channel. */
export const drawWeights = (site: Site, shape: Shape): Weight => {
  const random = randomFrom(site.step.seed);
  const inner = sizeOf(shape.slice(1));
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    drawWeight(site, random, Math.floor(i / inner)),
  );
  return integers("weight", shape, data);
};

const drawBias = (site: Site, random: Random, channel: number): number => {
  const top = 3 * topOf(site);
  switch (site.recipe.mode) {
    case "tie": {
      const theta = tieTheta(site, channel);
      return random.between(0, levelsOf(site)) * theta - Math.floor(theta / 2) - random.between(0, 1);
    }
    case "range":
      return top;
    case "zero":
    case "uniform":
    case "shape":
      return random.between(-top, top);
    default:
      return unreachable(site.recipe.mode);
  }
};

/** One bias per channel; none when the recipe says so, but for ties, which come from biases. */
export const drawBiases = (site: Site, channels: number): Weight | null => {
  if (!site.step.bias && site.recipe.mode !== "tie") return null;
  const random = randomFrom(site.step.seed + 1);
  return integers(
    "bias",
    [channels],
    Float64Array.from({ length: channels }, (_, c) => drawBias(site, random, c)),
  );
};

interface Reach {
  readonly low: number;
  readonly high: number;
}

/** Proved range of the sums of every channel. */
const reachOf = (sum: IntegerNode): readonly Reach[] => {
  const { low, high } = rangeOfNode(sum);
  const channels = item(sum.type.shape, 0);
  const inner = low.length / channels;
  return Array.from({ length: channels }, (_, c) => ({
    low: low.subarray(c * inner, (c + 1) * inner).reduce((a, b) => Math.min(a, b), Infinity),
    high: high.subarray(c * inner, (c + 1) * inner).reduce((a, b) => Math.max(a, b), -Infinity),
  }));
};

const odd = (theta: number): number => Math.max(1, theta % 2 === 0 ? theta - 1 : theta);

const drawTheta = (site: Site, random: Random, channel: number, { high }: Reach): number => {
  const levels = levelsOf(site);
  switch (site.recipe.mode) {
    case "tie":
      return tieTheta(site, channel);
    case "range":
      // J_L = L theta - floor(theta / 2) is the greatest reachable sum, or two thetas beyond it.
      return odd(Math.floor(high / (levels - 0.5)) + random.pick([0, 0, 2]));
    case "zero":
      return channel % 3 === 0 ? odd(2 * Math.abs(high) + 3) : odd(Math.floor(high / levels));
    case "uniform":
    case "shape":
      return odd(Math.floor(high / (levels * random.pick([1, 2, 4]))));
    default:
      return unreachable(site.recipe.mode);
  }
};

const drawBreaks = (site: Site, random: Random, channel: number, { low, high }: Reach): readonly number[] => {
  const levels = Array.from({ length: levelsOf(site) }, (_, k) => k + 1);
  const theta = tieTheta(site, channel);
  if (site.recipe.mode === "tie") return levels.map((k) => k * theta - Math.floor(theta / 2));
  const drawn = levels.map(() => random.between(low, high)).sort((a, b) => a - b);
  return site.recipe.mode === "range" ? [...drawn.slice(0, -1), high] : drawn;
};

/** Thresholds for a sum: one set per channel, or the same for all. */
export const drawFunction = (site: Site, sum: IntegerNode): LevelFunction => {
  const random = randomFrom(site.step.seed + 2);
  const every = reachOf(sum);
  const reach = site.step.perChannel || site.recipe.mode === "tie" ? every : every.slice(0, 1);
  if (site.step.table) {
    const breaks = reach.map((r, c) => drawBreaks(site, random, c, r));
    return {
      kind: "steps",
      breaks: integers("breaks", [reach.length, levelsOf(site)], Float64Array.from(breaks.flat())),
      values: null,
      low: 0,
    };
  }
  const thetas = reach.map((r, c) => drawTheta(site, random, c, r));
  return {
    kind: "uniform",
    theta: integers("theta", [reach.length], Float64Array.from(thetas)),
    low: 0,
    high: levelsOf(site),
  };
};
