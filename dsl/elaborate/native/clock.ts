import type { Span } from "../../../compiler/diagnostics/index.ts";
import { type DynamicsProfile, profileNames, profiles } from "../../../compiler/native/index.ts";
import { unitFaults } from "../../diagnostics/option.ts";
import { timeFaults } from "../../diagnostics/time.ts";
import {
  combine,
  greatestDivisor,
  isWhole,
  type Rational,
  rational,
  showRational,
  toNumber,
  whole,
} from "../../rational.ts";
import type { Dynamics, Network, StepTime } from "../../syntax.ts";
import { type Context, lineAt, placeOf, report } from "../context.ts";
import { evaluate } from "../evaluate.ts";
import type { Constants } from "../items.ts";
import { meant } from "../suggest.ts";
import { inBase, saysOf, unitsOf } from "../units.ts";

/** The time of a network: `step` and `dynamics`. */
export interface Clock {
  /** Seconds of a step; null where none is said. */
  readonly step: Rational | null;
  readonly profile: DynamicsProfile;
  /** Where `step` or `dynamics` stands first; null where neither does. */
  readonly said: { readonly word: string; readonly span: Span } | null;
}

/** Seconds with the unit that makes them readable. */
export const showTime = (seconds: Rational): string => {
  const size = Math.abs(toNumber(seconds));
  const [unit, factor] = size >= 1 ? ["s", 1] : size >= 1e-5 || size === 0 ? ["ms", 1000] : ["us", 1_000_000];
  const shown = combine("*", seconds, whole(Number(factor))) ?? seconds;
  return `${isWhole(shown) ? showRational(shown) : Number(toNumber(shown).toPrecision(6))} ${unit}`;
};

/** Reports a time that is 0 or below where none can be. */
export const tooShort = (
  context: Context,
  name: string,
  time: Rational,
  example: string,
  span: Span,
): null => {
  const holes = { name, value: showTime(time), example };
  return report(context, timeFaults.report("positive", placeOf(context, span), holes));
};

const stepOf = (context: Context, constants: Constants, { time }: StepTime): Rational | null => {
  const item = evaluate(context, constants, time);
  if (item === null) return null;
  const where = placeOf(context, item.span);
  const holes = { name: "step", says: saysOf("time") };
  if (item.kind !== "number" || item.unit === null) {
    const number = item.kind === "number" ? showRational(item.value) : "it";
    return report(context, unitFaults.report("missing", where, { ...holes, number, example: "step 1 ms" }));
  }
  const seconds = inBase("time", item.value, item.unit.text);
  if (seconds === null) {
    const units = { unit: item.unit.text, units: unitsOf("time").join(", ") };
    return report(context, unitFaults.report("wrong", where, { ...holes, ...units }));
  }
  return seconds.n > 0n ? seconds : tooShort(context, "step", seconds, "step 1 ms", item.span);
};

/** The name of a profile as a word of the language. */
const wordOf = (profile: string): string => profile.replaceAll("-", "_");

const profileOf = (context: Context, { rule }: Dynamics): DynamicsProfile => {
  const name = profileNames.find((known) => wordOf(known) === rule.text);
  if (name !== undefined) return profiles[name];
  const holes = { name: rule.text, remedy: meant(rule.text, profileNames.map(wordOf)) };
  report(context, timeFaults.report("rule", placeOf(context, rule.span), holes));
  return profiles.euler;
};

/** The first of several equal lines; the others are reported. */
const onlyOne = <T>(context: Context, word: string, lines: readonly { line: T; span: Span }[]): T | null => {
  const [first, second] = lines;
  if (first !== undefined && second !== undefined) {
    const holes = { word, line: lineAt(context, first.span) };
    report(context, timeFaults.report("twice", placeOf(context, second.span), holes));
  }
  return first?.line ?? null;
};

/** What a network says of its time. Faults are reported. */
export const clockOf = (context: Context, constants: Constants, { body }: Network): Clock => {
  const steps = body.flatMap((line) => (line.kind === "step" ? [{ line, span: line.span }] : []));
  const rules = body.flatMap((line) => (line.kind === "dynamics" ? [{ line, span: line.rule.span }] : []));
  const step = onlyOne(context, "step", steps);
  const rule = onlyOne(context, "dynamics", rules);
  const saidStep = step === null ? null : { word: "step", span: step.span };
  return {
    step: step === null ? null : stepOf(context, constants, step),
    profile: rule === null ? profiles.euler : profileOf(context, rule),
    said: saidStep ?? (rule === null ? null : { word: "dynamics", span: rule.rule.span }),
  };
};

const shown = (step: string, rule: string): string => `${step} and ${rule}`;

/** True when a network used as a stage runs as the one around it; reported if not. What it leaves open fits. */
export const clocksAgree = (
  context: Context,
  name: string,
  span: Span,
  own: { readonly step: number | null; readonly profile: string | null },
  { step, profile }: Clock,
): boolean => {
  // An outer network without a step is refused for that.
  const outer = step === null ? null : toNumber(step);
  const sameStep = outer === null || own.step === null || own.step === outer;
  if (sameStep && (own.profile === null || own.profile === profile.name)) return true;
  const times = [own.step ?? outer ?? 0, outer ?? own.step ?? 0].map((t) => `a step of ${t} s`);
  const [ownStep = "", outerStep = ""] = times;
  const holes = {
    name,
    own: shown(ownStep, own.profile ?? profile.name),
    outer: shown(outerStep, profile.name),
  };
  report(context, timeFaults.report("differs", placeOf(context, span), holes));
  return false;
};

/** The longest time of which both are whole multiples. */
const commonStep = (a: Rational, b: Rational): Rational =>
  rational(greatestDivisor(a.n * b.d, b.n * a.d), a.d * b.d);

/** Most steps of a delay; as many as a run keeps. */
export const longestDelay = 2 ** 16;

/** Reports a time that is no whole number of steps, or too many of them. */
export const refuseTime = (context: Context, step: Rational, time: Rational, span: Span): null => {
  const where = placeOf(context, span);
  const count = toNumber(combine("/", time, step) ?? time);
  if (count > longestDelay) {
    const holes = { steps: Math.floor(count), limit: longestDelay };
    return report(context, timeFaults.report("delay", where, holes));
  }
  const below = Math.floor(count);
  const near = [below, below + 1].filter((n) => n > 0).map((n) => combine("*", step, whole(n)) ?? step);
  const times = { time: showTime(time), step: showTime(step), near: near.map(showTime).join(", ") };
  return report(
    context,
    timeFaults.report("grid", where, { ...times, finer: showTime(commonStep(time, step)) }),
  );
};

/**
 * Whole steps of a time written in the program; null when it is none (reported), and when the network says no step,
 * which is reported elsewhere.
 */
export const stepsOf = (
  context: Context,
  { step }: Clock,
  name: string,
  time: Rational,
  span: Span,
): number | null => {
  if (time.n < 0n) return tooShort(context, name, time, `${name}: 3 ms`, span);
  const steps = step === null ? null : combine("/", time, step);
  if (step === null || steps === null) return null;
  const count = toNumber(steps);
  return isWhole(steps) && count <= longestDelay ? count : refuseTime(context, step, time, span);
};

/** Seconds of a time written in the program. Null: it is no whole number of steps (reported); without a step any is. */
export const secondsOf = (
  context: Context,
  clock: Clock,
  name: string,
  time: Rational,
  span: Span,
): number | null =>
  clock.step !== null && stepsOf(context, clock, name, time, span) === null ? null : toNumber(time);

/** False (reported) when a time constant is shorter than the step and the rule diverges. */
export const isStable = (
  context: Context,
  { step, profile }: Clock,
  name: string,
  tau: Rational,
  span: Span,
): boolean => {
  const ratio = step === null ? null : combine("/", step, tau);
  if (step === null || ratio === null || profile.decay !== "euler" || toNumber(ratio) <= 1 + 1e-6)
    return true;
  const shorter = combine("/", tau, whole(10)) ?? tau;
  const times = { tau: showTime(tau), step: showTime(step), shorter: showTime(shorter) };
  const holes = { name, ...times, rule: profile.name };
  report(context, timeFaults.report("unstable", placeOf(context, span), holes));
  return false;
};
