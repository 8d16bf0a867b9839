import { item, type Shape, spreadOver } from "../../compiler/ir/core/index.ts";
import type { MachineProgram } from "../../compiler/ir/machine/index.ts";
import {
  type Costs,
  type CycleReport,
  carrierOf,
  costsOf,
  type Meter,
  openMeter,
  type Profile,
  reportCycles,
} from "../cycle/index.ts";
import { type Carrier, runSpiking } from "../spiking/index.ts";
import { inputName, type OutputOf, type PopulationOf } from "./network.ts";
import { collectSpikes, type Spikes } from "./spikes.ts";
import { type Tensor, tensor } from "./tensor.ts";

/** What the network says about a sample. */
export interface Output<S extends Shape> {
  readonly name: string;
  /** What was read: sums or levels, which are integers; counts or potentials of a network that spikes by itself. */
  readonly integers: Tensor<S>;
  /** The same times their scale: the real numbers that they stand for. */
  readonly values: Tensor<S>;
}

/** What one sample left behind. */
export interface Trace {
  readonly output: <S extends Shape>(of: OutputOf<S>) => Output<S>;
  /** Level of a population that sends, sum of one that is read. */
  readonly level: <S extends Shape>(of: PopulationOf<S>) => Tensor<S>;
  readonly spikes: (of: PopulationOf<Shape>) => Spikes;
  /** What the cores did: `docs/pipeline.md` says how it is counted. */
  readonly cost: CycleReport;
}

/** Runs one sample of real numbers on the cores, one tensor an input. */
export type Simulate = (...samples: readonly Tensor[]) => Trace;

/** Numbers times a factor: one, or one a channel. */
export const scaledBy = (integers: Float64Array, scale: readonly number[]): Float64Array => {
  const values = new Float64Array(integers.length);
  spreadOver(values, Float64Array.from(scale));
  return values.map((s, i) => s * item(integers, i));
};

/** A meter of each sample behind a carrier that is made once. */
export interface Bench {
  readonly carrier: Carrier;
  /** The meter of the sample that ran last. */
  readonly meter: () => Meter;
}

export const benchFor = (program: MachineProgram, costs: Costs): Bench => {
  let meter = openMeter(program, costs);
  const latest: Meter = {
    begin: (steps) => {
      meter = openMeter(program, costs);
      meter.begin(steps);
    },
    message: (...seen) => meter.message(...seen),
    touch: (...seen) => meter.touch(...seen),
    arrive: (...seen) => meter.arrive(...seen),
    finish: (steps) => meter.finish(steps),
  };
  return { carrier: carrierOf(program, latest), meter: () => meter };
};

/** Runs samples through the synapse lists of the cores, and counts cycles by the stages of a profile. */
export const simulator = (
  program: MachineProgram,
  profile: Profile,
  inputs: readonly PopulationOf<Shape>[],
): Simulate => {
  const costs = costsOf(profile);
  const bench = benchFor(program, costs);
  return (...samples) => {
    const collector = collectSpikes();
    const given = new Map(inputs.map((p, i) => [inputName(p), item(samples, i)]));
    const run = runSpiking(program.network, given, { recorder: collector.record, carrier: bench.carrier });
    const level: Trace["level"] = ({ id, shape }) => tensor(shape, run.at(id).data);
    return {
      output: ({ of, readOut: { name, scale } }) => {
        const integers = level(of);
        return { name, integers, values: tensor(of.shape, scaledBy(integers.data, scale)) };
      },
      level,
      spikes: ({ id }) => collector.of(id),
      cost: reportCycles(program, bench.meter().finish(run.counters.steps), costs),
    };
  };
};
