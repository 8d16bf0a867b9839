import { item } from "../../compiler/ir/core/index.ts";
import {
  channelsOf,
  jump,
  type LevelFunction,
  levelOf,
  levelRange,
} from "../../compiler/ir/integer/level-function.ts";
import type { Population } from "../../compiler/ir/spiking/index.ts";

/** How the sum of a population becomes its level. */
export interface Staircase {
  /** q = f(S) */
  readonly level: (channel: number, sum: number) => number;
  /** J_k, the least sum whose level is k or more: Infinity above the greatest level. Throws for tables of free values. */
  readonly threshold: (channel: number, k: number) => number;
}

/** The sum is the level: inputs and gates. */
const identity: Staircase = { level: (_channel, sum) => sum, threshold: (_channel, k) => k };

/** J_k of all channels in one array, made when a threshold is first asked for. */
const tableOf = (fn: LevelFunction): Staircase["threshold"] => {
  const [low, high] = levelRange(fn);
  const channels = channelsOf(fn);
  const count = high - low;
  let table: Float64Array | null = null;
  return (channel, k) => {
    if (k <= low) return -Infinity;
    if (k > high) return Infinity;
    table ??= Float64Array.from({ length: channels * count }, (_, i) =>
      jump(fn, Math.floor(i / count), low + 1 + (i % count)),
    );
    return item(table, (channels === 1 ? 0 : channel) * count + (k - low - 1));
  };
};

export const staircaseOf = ({ model }: Population): Staircase =>
  model.kind === "levels" ? { level: levelOf(model.fn), threshold: tableOf(model.fn) } : identity;
