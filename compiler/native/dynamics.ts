import type { Diagnostic } from "../diagnostics/index.ts";
import { floats, type Membrane, membraneOf, sizeOf, toZero, valuesOf, type Weight } from "../ir/index.ts";
import { nativeDiagnostics } from "./diagnostics.ts";
import { whereOf } from "./graph.ts";
import type { NativeNode, NeuronParameters, Parameter, Reset } from "./network.ts";
import type { DynamicsProfile } from "./profile.ts";
import { wholeSteps } from "./step-time.ts";

/** What turns time constants into steps. */
export interface StepRule {
  readonly profile: DynamicsProfile;
  /** Seconds of a step. */
  readonly dt: number;
  /** Reset of neurons that do not say one. */
  readonly reset: Reset;
}

/** A membrane, or everything that is wrong with the parameters of a neuron. */
export interface Stepped {
  readonly membrane: Membrane;
  readonly faults: readonly Diagnostic[];
}

/** Combines parameters entry by entry: those of one entry are repeated, [channels] over their elements. */
const combined = (
  name: string,
  size: number,
  parts: readonly (Parameter | null)[],
  fn: (...values: readonly number[]) => number,
): Weight => {
  const values = parts.map((p) => (p === null ? Float64Array.of(0) : valuesOf(p)));
  const length = values.every((v) => v.length === 1) ? 1 : size;
  const data = Float64Array.from({ length }, (_, e) =>
    fn(...values.map((v) => v[Math.floor((e * v.length) / length)] ?? 0)),
  );
  return floats(name, [length], data);
};

const range = (node: NativeNode, parameter: string, value: number, range: string): Diagnostic =>
  nativeDiagnostics.report("parameter-range", whereOf(node), { parameter, value, range });

/** A count that neither stands for all, nor for channels, nor for neurons; numbers that are no numbers. */
const parameterFaults = (
  node: NativeNode,
  shape: readonly number[],
  named: readonly (readonly [string, Parameter | null, positive?: boolean])[],
): readonly Diagnostic[] =>
  named.flatMap(([parameter, given, positive = false]) => {
    if (given === null) return [];
    const [count, size, channels] = [sizeOf(given.shape), sizeOf(shape), shape[0] ?? 1];
    if (count !== 1 && count !== size && count !== channels)
      return [
        nativeDiagnostics.report("parameter-size", whereOf(node), { parameter, count, channels, size }),
      ];
    const wrong = valuesOf(given).find((x) => !Number.isFinite(x) || (positive && x <= 0));
    return wrong === undefined
      ? []
      : [range(node, parameter, wrong, positive ? "above 0" : "that is finite")];
  });

/** dt / tau above 1 by more than a rounding of 32-bit floats. */
const tooLong = (node: NativeNode, parameter: string, tau: Parameter | null, rule: StepRule) => {
  if (tau === null || rule.profile.decay !== "euler") return [];
  const shortest = valuesOf(tau).reduce((least, t) => Math.min(least, t), Infinity);
  if (!(shortest > 0) || rule.dt / shortest <= 1 + 1e-6) return [];
  const holes = { dt: rule.dt, parameter, tau: shortest };
  return [nativeDiagnostics.report("step-too-long", whereOf(node), holes)];
};

/** What a time constant leaves of a value in one step. */
const decayOf = ({ profile, dt }: StepRule, tau: number): number =>
  profile.decay === "euler" ? Math.max(0, 1 - dt / tau) : Math.exp(-dt / tau);

/** What an input of 1 adds in one step. */
const gainOf = (rule: StepRule, tau: number): number =>
  rule.profile.drive === "euler" ? rule.dt / tau : 1 - decayOf(rule, tau);

const one = (value: number): Parameter => floats("one", [1], Float64Array.of(value));

/** drive: gain of the membrane times r times, where there is a current, its gain times wIn. */
const driveOf = (size: number, p: NeuronParameters, rule: StepRule): Weight => {
  const { profile, dt } = rule;
  const still = profile.integrator === "seconds" ? dt : 1;
  const parts = [p.tauMem, p.r ?? one(1), p.tauSyn, p.wIn ?? one(1)];
  return combined("drive", size, parts, (tauMem = 0, r = 1, tauSyn = 0, wIn = 1) => {
    const membrane = (p.tauMem === null ? still : gainOf(rule, tauMem)) * r;
    return p.tauSyn === null ? membrane : membrane * gainOf(rule, tauSyn) * wIn;
  });
};

const resetOf = (p: NeuronParameters, rule: StepRule): Membrane["reset"] => {
  if ((p.reset ?? rule.reset) === "soft") return { kind: "subtract" };
  return p.vReset === null || valuesOf(p.vReset).every((v) => v === 0)
    ? toZero
    : { kind: "value", to: p.vReset };
};

const adaptationOf = (size: number, p: NeuronParameters, rule: StepRule): Membrane["adaptation"] =>
  p.adaptation === null
    ? null
    : {
        decay: combined("adaptation_decay", size, [p.adaptation.tau], (tau = 1) => decayOf(rule, tau)),
        step: p.adaptation.beta,
      };

/** A neuron in real numbers. `shape` is that of its population. */
export const membraneFor = (
  node: NativeNode,
  shape: readonly number[],
  p: NeuronParameters,
  rule: StepRule,
): Stepped => {
  const size = sizeOf(shape);
  const refractory = wholeSteps(node, p.refractory, rule.dt);
  const faults = [
    ...parameterFaults(node, shape, [
      ["tau_syn", p.tauSyn, true],
      ["w_in", p.wIn],
      ["tau_mem", p.tauMem, true],
      ["r", p.r],
      ["v_leak", p.vLeak],
      ["v_threshold", p.threshold],
      ["v_reset", p.vReset],
      ["tau_adapt", p.adaptation?.tau ?? null, true],
      ["beta", p.adaptation?.beta ?? null],
    ]),
    ...tooLong(node, "tau_mem", p.tauMem, rule),
    ...tooLong(node, "tau_syn", p.tauSyn, rule),
    ...tooLong(node, "tau_adapt", p.adaptation?.tau ?? null, rule),
    ...(typeof refractory === "number" ? [] : [refractory]),
  ];
  const decay = (name: string, tau: Parameter) => combined(name, size, [tau], (t = 1) => decayOf(rule, t));
  const leaks = p.tauMem !== null && p.vLeak !== null && valuesOf(p.vLeak).some((v) => v !== 0);
  const membrane = membraneOf({
    currentDecay: p.tauSyn === null ? null : decay("current_decay", p.tauSyn),
    decay: p.tauMem === null ? one(1) : decay("decay", p.tauMem),
    drive: driveOf(size, p, rule),
    rest: leaks ? p.vLeak : null,
    start: leaks && rule.profile.start === "rest" ? p.vLeak : null,
    threshold: p.threshold,
    comparator: "above",
    spikeFirst: p.threshold !== null && rule.profile.spikeFirst,
    reset: p.threshold === null ? { kind: "keep" } : resetOf(p, rule),
    refractory: p.threshold === null || typeof refractory !== "number" ? 0 : refractory,
    adaptation: p.threshold === null ? null : adaptationOf(size, p, rule),
    biasOn: p.tauSyn === null ? "potential" : "current",
  });
  return { membrane, faults };
};

/** 1 in every step in which the input is above the threshold. */
export const comparatorFor = (node: NativeNode, shape: readonly number[], threshold: Parameter): Stepped => ({
  membrane: membraneOf({
    decay: one(0),
    threshold,
    comparator: "above",
    reset: { kind: "keep" },
  }),
  faults: parameterFaults(node, shape, [["threshold", threshold]]),
});
