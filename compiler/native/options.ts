import type { Diagnostic } from "../diagnostics/index.ts";
import type { PopulationId, SpikingNetwork } from "../ir/index.ts";
import type { Reset } from "./network.ts";
import type { ProfileName } from "./profile.ts";

/** What a network of dynamics leaves open. */
export interface NativeOptions {
  readonly profile: ProfileName;
  /** Seconds of a step; null: the profile's, with a note. */
  readonly dt: number | null;
  /** Reset of neurons that do not say one; null: the profile's, with a note. */
  readonly reset: Reset | null;
  /** Steps of a sample; 0: as many as are given. */
  readonly steps?: number;
  /** Steps between two samples that follow each other in one run, with a restart of every state; null: one a run. */
  readonly interval?: number | null;
  /** Integer arithmetic only: units of potential per unit of voltage; null: as fine as 8-bit weights allow. */
  readonly resolution?: number | null;
  /**
   * Whatever the profile: its rule in the integers of Loihi, with weights up to `mostWeight`, and a step for every message.
   * Null or left out: the arithmetic of the profile, with weights of 8 bits and a sign where it is that of the chip.
   */
  readonly chip?: { readonly mostWeight: number } | null;
}

/** The network, and what was assumed on the way. */
export interface LoweredNative {
  readonly network: SpikingNetwork;
  /** Populations by the name of their node; linear nodes between populations have none. */
  readonly populations: ReadonlyMap<string, PopulationId>;
  readonly notes: readonly Diagnostic[];
}
