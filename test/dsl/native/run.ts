import type { PopulationId } from "../../../compiler/ir/index.ts";
import { type LoweredNative, lowerNative } from "../../../compiler/native/index.ts";
import type { TimeNetwork } from "../../../dsl/index.ts";
import { type EventStream, openStreams } from "../../../runtime/spiking/index.ts";

/** A network of a program as a spiking network, with the step and the rule that the program says. */
export const lowered = ({ network, profile, step }: TimeNetwork): LoweredNative =>
  lowerNative(network, { profile: profile ?? "euler", dt: step, reset: null });

const populationOf = ({ populations }: LoweredNative, name: string): PopulationId => {
  const found = populations.get(name);
  if (found === undefined)
    throw new Error(`no population for ${name}: ${[...populations.keys()].join(", ")}`);
  return found;
};

/** What a run gave: outputs by name, and [steps, neurons] of what each node sent. */
export interface Ran {
  readonly output: (name: string) => readonly number[];
  readonly sent: (node: string) => Float64Array;
}

/** Runs a network on one sample and keeps what the named nodes sent. */
export const runOn = (
  network: LoweredNative,
  streams: ReadonlyMap<string, EventStream>,
  nodes: readonly string[],
  steps?: number,
): Ran => {
  const probes = nodes.map(
    (name) => ({ population: populationOf(network, name), quantity: "sent" }) as const,
  );
  const ran = openStreams(network.network, { probes }).run(streams, steps);
  return {
    output: (name) => [...(ran.outputs.get(name)?.data ?? [])],
    sent: (name) => Float64Array.from(ran.trace(populationOf(network, name), "sent").data),
  };
};

/** In how many places two runs differ; those of other lengths differ everywhere. */
export const differences = (a: Float64Array, b: Float64Array): number =>
  a.length === b.length ? a.reduce((count, x, i) => count + (x === b[i] ? 0 : 1), 0) : Infinity;
