import type { PopulationId } from "../../compiler/ir/spiking/index.ts";

/** One message as it leaves its neuron. */
export interface Message {
  readonly population: PopulationId;
  readonly element: number;
  /** Step of the run. */
  readonly step: number;
  /** Place of the digit in the code: step of the phase, or lane; 0 for tracking and for membranes. */
  readonly place: number;
  readonly digit: number;
}

/** Sees every message in the order of sending. */
export type Recorder = (message: Message) => void;
