import { unreachable } from "../../diagnostics/index.ts";
import { type Infer, item, schema } from "../core/index.ts";

const { int, nullable, or, variant, weight } = schema;

/** A function of an integer sum, per channel. */
export const levelFunction = variant({
  /** q = clip(floor((S + floor(theta / 2)) / theta), low, high) */
  uniform: { theta: weight, low: or(int, 0), high: int },
  /** q = values[n], n = #{ k : S >= breaks[c, k] }; no values: low + n (jump table J_k) */
  steps: { breaks: weight, values: nullable(weight), low: or(int, 0) },
});

export type LevelFunction = Infer<typeof levelFunction>;

/** Number of channels that a function tells apart: 1, or one per channel. */
export const channelsOf = (fn: LevelFunction): number =>
  item(fn.kind === "uniform" ? fn.theta.shape : fn.breaks.shape, 0);

/** Least and greatest level that a function gives. */
export const levelRange = (fn: LevelFunction): readonly [number, number] => {
  switch (fn.kind) {
    case "uniform":
      return [fn.low, fn.high];
    case "steps": {
      if (fn.values === null) return [fn.low, fn.low + item(fn.breaks.shape, 1)];
      const values = fn.values.stored();
      return [
        values.reduce((a, b) => Math.min(a, b), Infinity),
        values.reduce((a, b) => Math.max(a, b), -Infinity),
      ];
    }
    default:
      return unreachable(fn);
  }
};

/** Least sum at which the level of `channel` reaches k, for low < k <= high; -Infinity at or below low. */
export const jump = (fn: LevelFunction, channel: number, k: number): number => {
  const c = channelsOf(fn) === 1 ? 0 : channel;
  const [low, high] = levelRange(fn);
  if (k <= low) return -Infinity;
  if (k > high) return Infinity;
  switch (fn.kind) {
    case "uniform": {
      const theta = item(fn.theta.stored(), c);
      return k * theta - Math.floor(theta / 2);
    }
    case "steps":
      if (fn.values !== null) throw new Error("a function with free values has no jump table");
      return item(fn.breaks.stored(), c * item(fn.breaks.shape, 1) + (k - fn.low - 1));
    default:
      return unreachable(fn);
  }
};

/** The level of a sum: `levelOf(fn)(channel, S)`. */
export const levelOf = (fn: LevelFunction): ((channel: number, sum: number) => number) => {
  const single = channelsOf(fn) === 1;
  switch (fn.kind) {
    case "uniform": {
      const theta = fn.theta.stored();
      const { low, high } = fn;
      return (channel, sum) => {
        const t = item(theta, single ? 0 : channel);
        return Math.min(high, Math.max(low, Math.floor((sum + Math.floor(t / 2)) / t)));
      };
    }
    case "steps": {
      const breaks = fn.breaks.stored();
      const count = item(fn.breaks.shape, 1);
      const values = fn.values?.stored() ?? null;
      return (channel, sum) => {
        const first = (single ? 0 : channel) * count;
        let n = 0;
        while (n < count && sum >= item(breaks, first + n)) n++;
        return values === null ? fn.low + n : item(values, (single ? 0 : channel) * (count + 1) + n);
      };
    }
    default:
      return unreachable(fn);
  }
};
