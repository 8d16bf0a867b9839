export type { ClockRun } from "./clock.ts";
export { byProjection, type Carrier, type Delivery, type Jitter } from "./delivery.ts";
export type { Inbox } from "./inbox.ts";
export { encodeInputs, type Inputs, laneDigits } from "./inputs.ts";
export type { Message, Recorder } from "./recorder.ts";
export type { SampleRun, SpikingRun } from "./result.ts";
export { runSpiking, runSpikingLevels, type SpikingOptions, streamSpikingLevels } from "./run.ts";
export type { Counters } from "./tally.ts";
export { type Site, type Wire, type Wiring, wiringOf } from "./wiring.ts";
