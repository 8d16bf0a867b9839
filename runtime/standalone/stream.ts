import { item, type Shape } from "../../compiler/ir/core/index.ts";
import type { MachineProgram } from "../../compiler/ir/machine/index.ts";
import { type CycleReport, costsOf, type Profile, reportCycles } from "../cycle/index.ts";
import { encodeStreams, openStreams, type StreamRun } from "../spiking/index.ts";
import { inputName, type OutputOf, type PopulationOf } from "./network.ts";
import { benchFor, type Output, scaledBy } from "./simulate.ts";
import { collectSpikes, type Spikes } from "./spikes.ts";
import { type Tensor, tensor } from "./tensor.ts";

/** The first extent of a stream: as many steps as there are. */
export const anySteps = 0;

/** An input as its data come: its values in every step of a sample. */
export const stream = <S extends Shape>(of: PopulationOf<S>): PopulationOf<readonly [number, ...S]> => ({
  ...of,
  shape: [anySteps, ...of.shape],
});

/** What one sample left behind in a network that spikes by itself. */
export interface StreamTrace {
  readonly output: <S extends Shape>(of: OutputOf<S>) => Output<S>;
  readonly spikes: (of: PopulationOf<Shape>) => Spikes;
  /** What the cores did: `docs/pipeline.md` says how it is counted. */
  readonly cost: CycleReport;
}

/** Runs one sample on the cores: a stream for every input, or the values of which its code makes one. */
export type SimulateStream = (...samples: readonly Tensor[]) => StreamTrace;

const readIn = <S extends Shape>(run: StreamRun, { of, readOut }: OutputOf<S>): Output<S> => {
  const found = run.outputs.get(readOut.name);
  if (found === undefined) throw new Error(`the network has no output ${readOut.name}`);
  const values = scaledBy(found.data, readOut.scale);
  return { name: readOut.name, integers: tensor(of.shape, found.data), values: tensor(of.shape, values) };
};

/** `simulator` for networks that spike by themselves. */
export const streamSimulator = (
  program: MachineProgram,
  profile: Profile,
  inputs: readonly PopulationOf<Shape>[],
): SimulateStream => {
  const costs = costsOf(profile);
  const bench = benchFor(program, costs);
  return (...samples) => {
    const collector = collectSpikes();
    const given = new Map(inputs.map((p, i) => [inputName(p), item(samples, i)]));
    const runner = openStreams(program.network, { recorder: collector.record, carrier: bench.carrier });
    const run = runner.run(encodeStreams(program.network, given));
    return {
      output: (of) => readIn(run, of),
      spikes: ({ id }) => collector.of(id),
      cost: reportCycles(program, bench.meter().finish(run.counters.steps), costs),
    };
  };
};
