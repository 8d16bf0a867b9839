/**
 * The scale of the integer sum of each channel (reference/compression-conv.md 6.2):
 *   sigma0 = greatest |weight * source scale| / (2^(bits - 1) - 1)
 *   theta  = greatest odd integer <= step / sigma0, at least 1; sigma = step / theta
 * Theta is odd and exact, so no sum lies on a tie. Where one step of a target can add only so much, theta is lowered until
 *   positive part <= limit  and  negative part + theta (high - low) <= limit
 * hold for the rounded weights: the second term is what a neuron takes back while it gives out its digits. Spikes of
 * such targets count levels from the least one, so there a level q of low .. high adds w (q - low), and the bias w low.
 */
import { item } from "../ir/core/index.ts";
import type { Branch, SumGroup } from "./sum-groups.ts";
import type { SumReader } from "./sum-readers.ts";

export interface SumOptions {
  readonly weightBits: number;
  /** Greatest sum of one sign; null: no limit. */
  readonly limit: number | null;
}

/** Scales of the sums, one per channel, and how many channels exceed the limit however coarse they are. */
export interface SumScales {
  readonly sigma: Float64Array;
  readonly over: number;
  /** Greatest sum of one sign that can occur. */
  readonly worst: number;
}

const bound = (bits: number): number => 2 ** (bits - 1) - 1;

/** Identity branches keep as many bits as they need when weights have few: on the common scale they would be one coarse number. */
const isExempt = (branch: Branch, group: SumGroup, bits: number): boolean =>
  branch.from.kind === "identity" && bits < 7 && group.branches.some((b) => b.from.kind === "layer");

/** Integer weights of one row. Beyond the bound only where theta is at its least: one level then saturates the neuron already. */
export const integerRow = (branch: Branch, channel: number, sigma: number, most: number): Float64Array => {
  const row = branch.weights.subarray(channel * branch.rowLength, (channel + 1) * branch.rowLength);
  const factor = branch.source.scale / sigma;
  return Float64Array.from(row, (w) => Math.min(most, Math.max(-most, Math.floor(w * factor + 0.5))));
};

/** Greatest integer weight of a branch. */
export const weightBound = (branch: Branch, group: SumGroup, bits: number): number =>
  isExempt(branch, group, bits) ? Number.MAX_SAFE_INTEGER : bound(bits);

export const integerBias = (branch: Branch, channel: number, sigma: number): number =>
  Math.floor(item(branch.bias, channel) / sigma + 0.5);

const finest = (group: SumGroup, channel: number, bits: number): number => {
  let widest = 0;
  for (const branch of group.branches) {
    if (isExempt(branch, group, bits)) continue;
    const row = branch.weights.subarray(channel * branch.rowLength, (channel + 1) * branch.rowLength);
    for (const w of row) widest = Math.max(widest, Math.abs(w * branch.source.scale));
  }
  return widest / bound(bits);
};

interface Sums {
  readonly positive: number;
  readonly negative: number;
}

/** Greatest positive and negative part of the integer sum of a channel; `lifted` is added to the bias. */
const sumsOf = (
  group: SumGroup,
  channel: number,
  sigma: number,
  { weightBits, limit }: SumOptions,
  lifted = 0,
): Sums => {
  let [positive, negative] = [0, 0];
  let constant = lifted;
  for (const branch of group.branches) {
    const { low, high } = branch.source;
    const least = limit === null ? 0 : low;
    constant += integerBias(branch, channel, sigma);
    for (const w of integerRow(branch, channel, sigma, weightBound(branch, group, weightBits))) {
      positive += Math.max(0, w * (low - least), w * (high - least));
      negative += Math.max(0, -w * (low - least), -w * (high - least));
      constant += w * least;
    }
  }
  return { positive: positive + Math.max(0, constant), negative: negative + Math.max(0, -constant) };
};

/**
 * Finest parts of a level that a sum is given. Training leaves channels with weights of 1e-30: in units of those a bias
 * would be a number of 30 digits, though all that the weights add up to is far below one level.
 */
const finestPart = 2 ** -22;

/** A bias has at most this many units, for sums whose level is not known. */
const mostUnits = 2 ** 32;

const leastForBias = (group: SumGroup, channel: number): number =>
  group.branches.reduce((most, b) => Math.max(most, Math.abs(item(b.bias, channel))), 0) / mostUnits;

const largestOdd = (x: number): number => Math.max(1, 2 * Math.floor((x - 1) / 2) + 1);

interface Chosen {
  readonly sigma: number;
  readonly worst: number;
}

/** Sigma = step / theta for the greatest odd theta that the weights and the limit allow. */
const withTheta = (
  group: SumGroup,
  channel: number,
  step: number,
  { low, span }: Pick<SumReader, "low" | "span">,
  options: SumOptions,
): Chosen => {
  const own = finest(group, channel, options.weightBits) || step / bound(options.weightBits);
  const sigma0 = Math.max(own, step * finestPart);
  let theta = largestOdd(step / sigma0);
  for (;;) {
    const lifted = options.limit === null ? 0 : -low * theta;
    const { positive, negative } = sumsOf(group, channel, step / theta, options, lifted);
    const worst = Math.max(positive, negative + theta * span);
    if (options.limit === null || worst <= options.limit || theta === 1)
      return { sigma: step / theta, worst };
    theta = Math.min(theta - 2, largestOdd((theta * options.limit) / worst));
  }
};

/** The finest sigma that weights and limit allow, for sums that are read as they are or by a curved function. */
const withoutTheta = (
  group: SumGroup,
  channels: readonly number[],
  curved: boolean,
  options: SumOptions,
): Chosen => {
  const own = (c: number): number => Math.max(finest(group, c, options.weightBits), leastForBias(group, c));
  let sigma = channels.reduce((widest, c) => Math.max(widest, own(c)), 0) || 1;
  for (;;) {
    let worst = 0;
    for (const c of channels) {
      const { positive, negative } = sumsOf(group, c, sigma, options);
      worst = Math.max(worst, curved ? positive + negative : Math.max(positive, negative));
    }
    if (options.limit === null || worst <= options.limit) return { sigma, worst };
    sigma *= Math.max(1.001, worst / options.limit);
  }
};

/** Scales for all channels of a sum; one for all where they are read together (logits, mixing views). */
export const sumScales = (group: SumGroup, reader: SumReader | null, options: SumOptions): SumScales => {
  const channels = Array.from({ length: group.channels }, (_, c) => c);
  const choose = (c: number): Chosen => {
    if (reader === null || reader.mixed) return withoutTheta(group, channels, reader !== null, options);
    if (!reader.ramp) return withoutTheta(group, [c], true, options);
    return withTheta(group, c, item(reader.steps, c), reader, options);
  };
  const together = reader === null || reader.mixed ? choose(0) : null;
  const chosen = channels.map((c) => together ?? choose(c));
  const { limit } = options;
  return {
    sigma: Float64Array.from(chosen, (x) => x.sigma),
    over: limit === null ? 0 : chosen.filter((x) => x.worst > limit).length,
    worst: chosen.reduce((worst, x) => Math.max(worst, x.worst), 0),
  };
};
