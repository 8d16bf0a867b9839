import { valuesOf, type Weight } from "../../../compiler/ir/core/index.ts";
import type { TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { timeFaults } from "../../diagnostics/time.ts";
import { combine, type Rational, rational, toNumber } from "../../rational.ts";
import { type Context, placeOf, report } from "../context.ts";
import type { Store } from "../store.ts";
import { isStable, longestDelay, refuseTime } from "./clock.ts";
import type { WeightOf } from "./linear.ts";
import type { Placed } from "./part.ts";

/** Seconds from a file, which holds floats of 32 bits: a nanosecond is no difference. */
const seconds = (value: number): Rational => rational(BigInt(Math.round(value * 1e9)), 1_000_000_000n);

/** Files keep times as floats of 32 bits: a small part of a step is no fraction. */
const isNear = (steps: number): boolean => Math.abs(steps - Math.round(steps)) <= 1e-4;

/** A time of so many steps, to a ten-thousandth of one. */
const inSteps = (steps: number, step: Rational): Rational => {
  const parts = BigInt(Math.round(Math.min(steps, 2 ** 30) * 10_000));
  return combine("*", step, rational(parts, 10_000n)) ?? step;
};

const isTime = (value: number): boolean => Number.isFinite(value) && value >= 0 && value < 2 ** 40;

/** Whole steps of stored times; null where one is none (reported once). */
const storedSteps = (
  context: Context,
  { clock }: Store,
  { stage, span }: Pick<Placed, "stage" | "span">,
  times: Float64Array,
): Float64Array | null => {
  if (clock.step === null) return null;
  const step = toNumber(clock.step);
  const negative = times.find((t) => !isTime(t));
  if (negative !== undefined) {
    const holes = { name: `${stage}.delay`, value: `${negative} s`, example: "0.003" };
    return report(context, timeFaults.report("positive", placeOf(context, span), holes));
  }
  const wrong = times.find((t) => !isNear(t / step) || t / step > longestDelay);
  if (wrong === undefined) return times.map((t) => Math.round(t / step));
  return refuseTime(context, clock.step, inSteps(wrong / step, clock.step), span);
};

/** Most different delays of one layer: each is a node of its own. */
const mostDelays = 256;

/** Steps of the synapses of a layer, in the order of its weights; null where it has no delays, or wrong ones (reported). */
export const synapseSteps = (
  context: Context,
  store: Store,
  node: TensorNode,
  weightOf: WeightOf,
): Float64Array | null => {
  const delays = store.delays.get(node);
  const [origin] = node.origins;
  if (delays === undefined || origin === undefined || origin.span === null) return null;
  const { name: stage, span } = origin;
  const steps = storedSteps(context, store, { stage, span }, valuesOf(weightOf(delays)));
  const found = new Set(steps).size;
  if (found <= mostDelays) return steps;
  const holes = { stage, found, limit: mostDelays };
  return report(context, timeFaults.report("delays", placeOf(context, span), holes));
};

const shortest = (w: Weight): number => valuesOf(w).reduce((least, t) => Math.min(least, t), Infinity);

/** A time constant from a file: above 0, and no shorter than the step where the rule would diverge. */
const checkTau = (context: Context, { clock }: Store, placed: Placed, name: string, tau: Weight): void => {
  const least = shortest(tau);
  const { stage, span } = placed;
  if (least > 0 && isTime(least)) {
    isStable(context, clock, `${stage}.${name}`, seconds(least), span);
    return;
  }
  const holes = { name: `${stage}.${name}`, value: `${least} s`, example: "0.02" };
  report(context, timeFaults.report("positive", placeOf(context, span), holes));
};

/** Checks the times that a file or a `param` gave to a part; what the program says itself was checked before. */
export const checkFilled = (context: Context, store: Store, placed: Placed, weightOf: WeightOf): void => {
  const { part } = placed;
  const filled = (w: Weight | null): Weight | null => {
    const found = w === null ? null : weightOf(w);
    return found === w ? null : found;
  };
  if (part.kind === "delay") {
    const time = filled(part.time);
    if (time !== null) storedSteps(context, store, placed, valuesOf(time));
  }
  if (part.kind !== "neuron") return;
  const { tauSyn, tauMem, adaptation } = part.parameters;
  const named = [
    ["tau_syn", tauSyn],
    [tauSyn === null ? "tau" : "tau_mem", tauMem],
    ["tau_adapt", adaptation?.tau ?? null],
  ] as const;
  for (const [name, tau] of named) {
    const found = filled(tau);
    if (found !== null) checkTau(context, store, placed, name, found);
  }
};
