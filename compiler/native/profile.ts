import type { Reset } from "./network.ts";

/** The profiles by name. `exact`, `euler` are rules of textbooks; the others are what a simulator or a chip does. */
export const profileNames = [
  "euler",
  "exact",
  "norse",
  "snntorch",
  "nengo",
  "sinabs",
  "rockpool",
  "spyx",
  "spinnaker2",
  "lava-float",
  "lava-fixed",
  "loihi",
] as const;

export type ProfileName = (typeof profileNames)[number];

/**
 * How a time constant becomes a step. With a = dt / tau and b = e^-a: v <- decay v + (1 - decay) vLeak + drive r x.
 * Checked against the eleven LIF traces of the NIR paper (neuromorphs/NIR: paper/01_lif).
 */
export interface DynamicsProfile {
  readonly name: ProfileName;
  /** `euler`: 1 - a; `exponential`: b. */
  readonly decay: "euler" | "exponential";
  /** What an input of 1 adds: a, or 1 - decay. */
  readonly drive: "euler" | "complement";
  /** What an input of 1 adds to a neuron without leak: dt, or 1 where the simulator knows no seconds there. */
  readonly integrator: "seconds" | "steps";
  /** How v is reset where the network does not say. */
  readonly reset: Reset;
  /** v before the first step: 0, or vLeak. */
  readonly start: "zero" | "rest";
  /** The potential of the step before is compared, and reset after this step's input has come in. */
  readonly spikeFirst: boolean;
  /** Steps that a spike takes from one neuron to the next. */
  readonly hop: 0 | 1;
  /** Doubles, or the integers of Loihi. */
  readonly arithmetic: "real" | "loihi";
  /** Seconds of a step where none are given; null: they must be given. */
  readonly dt: number | null;
}

const textbook = {
  decay: "euler",
  drive: "euler",
  integrator: "seconds",
  reset: "hard",
  start: "zero",
  spikeFirst: false,
  hop: 0,
  arithmetic: "real",
  dt: null,
} as const;

export const profiles: Readonly<Record<ProfileName, DynamicsProfile>> = {
  euler: { ...textbook, name: "euler" },
  exact: { ...textbook, name: "exact", decay: "exponential", drive: "complement" },
  norse: { ...textbook, name: "norse", integrator: "steps", start: "rest", dt: 1e-3 },
  snntorch: { ...textbook, name: "snntorch", dt: 1e-4 },
  nengo: { ...textbook, name: "nengo", decay: "exponential", drive: "complement" },
  sinabs: { ...textbook, name: "sinabs", decay: "exponential", integrator: "steps", reset: "soft" },
  rockpool: { ...textbook, name: "rockpool", decay: "exponential", integrator: "steps", reset: "soft" },
  spyx: { ...textbook, name: "spyx", integrator: "steps", reset: "soft", spikeFirst: true },
  spinnaker2: { ...textbook, name: "spinnaker2" },
  "lava-float": { ...textbook, name: "lava-float", hop: 1 },
  "lava-fixed": { ...textbook, name: "lava-fixed", hop: 1, arithmetic: "loihi" },
  loihi: { ...textbook, name: "loihi", hop: 1, arithmetic: "loihi" },
};
