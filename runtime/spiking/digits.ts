import { item } from "../../compiler/ir/core/index.ts";
import type { SpikeCode } from "../../compiler/ir/spiking/index.ts";
import type { Site } from "./wiring.ts";

export type Phased = Extract<SpikeCode, { readonly kind: "phased" }>;

/** A population in its phase. */
export interface Sender {
  readonly site: Site;
  readonly code: Phased;
  readonly sums: Float64Array;
  /** Level that the digits so far add up to. */
  readonly sent: Float64Array;
  /** Elements that fired in a place of a binary code. */
  readonly fired: Int32Array;
}

const channelOf = ({ site }: Sender, element: number): number => Math.floor(element / site.inner);

/** The whole level in one message: it may be negative. */
export const payload = (sender: Sender, element: number): number => {
  const { site, code, sums } = sender;
  const q = site.staircase.level(channelOf(sender, element), item(sums, element));
  return Math.max(-code.limit, Math.min(code.limit, q));
};

/** Greatest digit d <= limit with S >= J of (sent + d gain). */
export const digitOf = (sender: Sender, element: number, gain: number): number => {
  const { site, code, sums, sent } = sender;
  const channel = channelOf(sender, element);
  const sum = sums[element] ?? 0;
  const before = sent[element] ?? 0;
  let digit = 0;
  while (digit < code.limit && sum >= site.staircase.threshold(channel, before + (digit + 1) * gain)) digit++;
  return digit;
};

/** A code of one place carries the whole level, whatever its sign; the others carry greedy digits. */
export const isWhole = ({ gains }: Phased): boolean => gains.length === 1 && gains[0] === 1;

/** Throws when a digit is not the greedy digit of what is left of the level. */
export const checkDigit = (sender: Sender, element: number, gain: number, digit: number): void => {
  const { site, code, sums, sent } = sender;
  const level = site.staircase.level(channelOf(sender, element), item(sums, element));
  const rest = Math.floor((level - item(sent, element)) / gain);
  const wanted = Math.min(code.limit, Math.max(isWhole(code) ? -code.limit : 0, rest));
  if (digit !== wanted)
    throw new Error(`${site.id}[${element}] sends digit ${digit} of gain ${gain}, the code says ${wanted}`);
};
