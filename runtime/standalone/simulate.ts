import { item, type Shape } from "../../compiler/ir/core/index.ts";
import type { MachineProgram } from "../../compiler/ir/machine/index.ts";
import { spreadOver } from "../kernels/spread.ts";
import { runSpiking } from "../spiking/index.ts";
import { inputName, type OutputOf, type PopulationOf } from "./network.ts";
import { collectSpikes, type Spikes } from "./spikes.ts";
import { type Tensor, tensor } from "./tensor.ts";

/** What the network says about a sample. */
export interface Output<S extends Shape> {
  readonly name: string;
  /** The integers that were read: sums or levels. */
  readonly integers: Tensor<S>;
  /** The same times their scale: the real numbers that they stand for. */
  readonly values: Tensor<S>;
}

/** What one sample left behind. */
export interface Trace {
  readonly steps: number;
  readonly output: <S extends Shape>(of: OutputOf<S>) => Output<S>;
  /** Level of a population that sends, sum of one that is read. */
  readonly level: <S extends Shape>(of: PopulationOf<S>) => Tensor<S>;
  readonly spikes: (of: PopulationOf<Shape>) => Spikes;
}

const scaled = (integers: Float64Array, scale: readonly number[]): Float64Array => {
  const values = new Float64Array(integers.length);
  spreadOver(values, Float64Array.from(scale));
  return values.map((s, i) => s * item(integers, i));
};

/** Runs one sample of real numbers on the machine, one tensor an input. */
export const simulate = (
  program: MachineProgram,
  inputs: readonly PopulationOf<Shape>[],
  samples: readonly Tensor[],
): Trace => {
  const collector = collectSpikes();
  const given = new Map(inputs.map((p, i) => [inputName(p), item(samples, i)]));
  const run = runSpiking(program.network, given, { recorder: collector.record });
  const level: Trace["level"] = ({ id, shape }) => tensor(shape, run.at(id).data);
  return {
    steps: run.counters.steps,
    output: ({ of, readOut: { name, scale } }) => {
      const integers = level(of);
      return { name, integers, values: tensor(of.shape, scaled(integers.data, scale)) };
    },
    level,
    spikes: ({ id }) => collector.of(id),
  };
};
