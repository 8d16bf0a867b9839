import { atNode, type Diagnostic } from "../diagnostics/index.ts";
import { valuesOf, type Weight } from "../ir/index.ts";
import { nativeDiagnostics } from "./diagnostics.ts";
import { whereOf } from "./graph.ts";
import type { NativeNetwork, NativeNode } from "./network.ts";
import type { NativeOptions } from "./options.ts";
import { profiles } from "./profile.ts";

/** Longest delay that a run keeps. */
const longestDelay = 2 ** 16;

/** True when a node needs the length of a step. */
const hasSeconds = ({ op }: NativeNode, integratesSeconds: boolean): boolean => {
  if (op.kind === "delay") return op.unit === "seconds";
  if (op.kind === "input") return op.code !== null && op.code.kind !== "delta";
  if (op.kind !== "neuron") return false;
  const { tauSyn, tauMem, refractory, adaptation } = op.parameters;
  const timed = tauSyn !== null || tauMem !== null || refractory > 0 || adaptation !== null;
  return timed || integratesSeconds;
};

/** Seconds of a step (1 where nothing depends on it), and what there is to say about it. */
export const stepSeconds = (
  network: NativeNetwork,
  { profile: name, dt }: NativeOptions,
): { readonly dt: number; readonly given: boolean; readonly said: readonly Diagnostic[] } => {
  const profile = profiles[name];
  if (dt !== null && Number.isFinite(dt) && dt > 0) return { dt, given: true, said: [] };
  const where = atNode(network.name);
  if (dt !== null) {
    const holes = { parameter: "dt", value: dt, range: "above 0" };
    return { dt: 1, given: false, said: [nativeDiagnostics.report("parameter-range", where, holes)] };
  }
  const count = network.nodes.filter((n) => hasSeconds(n, profile.integrator === "seconds")).length;
  if (count === 0) return { dt: 1, given: false, said: [] };
  if (profile.dt === null)
    return {
      dt: 1,
      given: false,
      said: [nativeDiagnostics.report("dt-missing", where, { count, profile: name })],
    };
  const said = [nativeDiagnostics.report("dt-assumed", where, { dt: profile.dt, profile: name, count })];
  return { dt: profile.dt, given: true, said };
};

/** Files keep times as floats of 32 bits: a millionth of a step is no fraction. */
const nearly = (steps: number): boolean => Math.abs(steps - Math.round(steps)) <= 1e-4;

/** Seconds as whole steps, or what is wrong with them. */
export const wholeSteps = (node: NativeNode, time: number, dt: number): number | Diagnostic => {
  const steps = time / dt;
  if (!(time >= 0)) return nativeDiagnostics.report("negative-delay", whereOf(node), { time });
  if (!nearly(steps)) return nativeDiagnostics.report("not-whole-steps", whereOf(node), { time, steps, dt });
  if (steps > longestDelay)
    return nativeDiagnostics.report("delay-too-long", whereOf(node), { steps, limit: longestDelay });
  return Math.round(steps);
};

/** Whole steps of every entry of a delay; the first fault when there is one. */
export const delaySteps = (
  node: NativeNode,
  time: Weight,
  unit: "seconds" | "steps",
  dt: number,
): Float64Array | Diagnostic => {
  const steps: number[] = [];
  for (const t of valuesOf(time)) {
    const whole = wholeSteps(node, t, unit === "seconds" ? dt : 1);
    if (typeof whole !== "number") return whole;
    steps.push(whole);
  }
  return Float64Array.from(steps);
};
