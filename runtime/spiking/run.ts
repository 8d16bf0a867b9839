import { unreachable } from "../../compiler/diagnostics/index.ts";
import type { SpikingNetwork } from "../../compiler/ir/spiking/index.ts";
import { type ClockRun, runClock } from "./clock.ts";
import { byProjection, type Carrier } from "./delivery.ts";
import { encodeInputs, type Inputs } from "./inputs.ts";
import { runPhases } from "./phases.ts";
import type { Recorder } from "./recorder.ts";
import type { SpikingRun } from "./result.ts";
import { runStream } from "./stream.ts";
import { wiringOf } from "./wiring.ts";

export interface SpikingOptions {
  /** How messages reach their targets; by default along the projections. */
  readonly carrier?: Carrier;
  readonly recorder?: Recorder;
  /** Phases only: compares every digit with the code. */
  readonly checkDigits?: boolean;
}

const plain = byProjection();

const complete = ({ carrier = plain, recorder, checkDigits = false }: SpikingOptions) => ({
  carrier,
  recorder: recorder ?? null,
  checkDigits,
});

const onlySample = (run: ClockRun): SpikingRun => {
  for (const sample of run.samples) return { ...sample, counters: run.counters() };
  throw new Error("the sample never came out");
};

/**
 * Runs one sample of input levels, by input name. `outputs` and `at` are integers. Throws when an input is missing, when
 * a network breaks the rules of its schedule, and when a stream exceeds its bound.
 */
export const runSpikingLevels = (
  network: SpikingNetwork,
  levels: Inputs,
  options: SpikingOptions = {},
): SpikingRun => {
  const wiring = wiringOf(network);
  const settings = complete(options);
  switch (network.schedule.kind) {
    case "phases":
      return runPhases(wiring, levels, settings);
    case "stream":
      return runStream(wiring, levels, settings);
    case "clock":
      return onlySample(runClock(wiring, [levels], settings));
    default:
      return unreachable(network.schedule);
  }
};

/** Runs one sample of real numbers, by input name; the input populations of an abstract network encode them. */
export const runSpiking = (
  network: SpikingNetwork,
  inputs: Inputs,
  options: SpikingOptions = {},
): SpikingRun => runSpikingLevels(network, encodeInputs(network, inputs), options);

/**
 * Runs samples of input levels through a realized network, a new one every `interval` steps. Results come lazily and in
 * order; only samples under way are held, so any number of them may pass.
 */
export const streamSpikingLevels = (
  network: SpikingNetwork,
  samples: Iterable<Inputs>,
  options: SpikingOptions = {},
): ClockRun => runClock(wiringOf(network), samples, complete(options));
