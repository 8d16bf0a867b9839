import { type Args, schema } from "../core/index.ts";
import {
  type Arithmetic,
  type Membrane,
  membrane,
  type Projection,
  type ReadOut,
  type Schedule,
  type SpikeCode,
} from "./network.ts";

/** Spikes as they come. */
export const spikes: SpikeCode = { kind: "plain", payload: false };

/** A number in every message. */
export const payloads: SpikeCode = { kind: "plain", payload: true };

type Clock = Extract<Schedule, { readonly kind: "clock" }>;

/** A clock with its defaults: one sample a run, one step a message, no seconds. */
export const clock = (
  steps: number,
  { interval = null, restart = false, hop = 1, seconds = null, rule = "given" }: Partial<Clock> = {},
): Clock => ({ kind: "clock", steps, interval, restart, hop, seconds, rule });

type Fixed = Extract<Arithmetic, { readonly kind: "fixed" }>;

/** Integers of a chip: sums are not shifted, products round towards zero, i wraps, v is clipped. */
export const fixed = (
  widths: Pick<Fixed, "decayBits" | "accumulatorBits" | "currentBits" | "voltageBits">,
  options: Partial<Fixed> = {},
): Arithmetic => ({
  weightShift: 0,
  rounding: "towardZero",
  currentOverflow: "wrap",
  voltageOverflow: "clip",
  ...widths,
  ...options,
  kind: "fixed",
});

/** A membrane; what is left out has the fallback of the schema. */
export const membraneOf = (args: Args<typeof membrane>): Membrane => ({
  kind: "membrane",
  ...schema.complete(membrane, args),
});

/** v is 0 after a spike. */
export const toZero: Membrane["reset"] = { kind: "value", to: null };

/** A projection; what is left out has the fallback of the schema. */
export const project = (args: Pick<Projection, "from" | "to" | "map"> & Partial<Projection>): Projection => ({
  gain: 1,
  delay: 0,
  delays: null,
  ...args,
});

/** A read-out; what is left out has the fallback of the schema. */
export const readOf = (args: Pick<ReadOut, "name" | "from" | "read"> & Partial<ReadOut>): ReadOut => ({
  over: "last",
  scale: [1],
  after: 0,
  unit: 1,
  offset: 0,
  ...args,
});
