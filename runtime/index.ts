/** `spikefold/runtime`: what a generated program imports. */
export type { Shape } from "../compiler/ir/core/index.ts";
export type { CycleReport } from "./cycle/index.ts";
export { core, machine, place } from "./standalone/machine.ts";
export { main } from "./standalone/main.ts";
export {
  fitted,
  linearMap,
  type Names,
  type OutputOf,
  output,
  type PopulationOf,
  population,
  project,
} from "./standalone/network.ts";
export { type Output, type Simulate, simulator, type Trace } from "./standalone/simulate.ts";
export type { Spikes } from "./standalone/spikes.ts";
export { type SimulateStream, type StreamTrace, stream, streamSimulator } from "./standalone/stream.ts";
export { type Tensor, tensor } from "./standalone/tensor.ts";
export { listOf, openWeights } from "./standalone/weight-file.ts";
