import { encodeInput } from "../../runtime/integer/index.ts";
import { rounding } from "../../runtime/kernels/rounding.ts";
import {
  type Carrier,
  type Counters,
  type Inputs,
  runSpikingLevels,
  streamSpikingLevels,
} from "../../runtime/spiking/index.ts";
import { runTensor, scalarFunction } from "../../runtime/tensor/index.ts";
import type { IntegerGraph, SpikingNetwork } from "../ir/index.ts";
import type { Evaluator, Sample } from "../pass/index.ts";
import type { ScalarFunctions } from "../quantize/index.ts";
import type { Engine } from "./evaluate.ts";

/** The very functions that the tensor level runs, for thresholds. */
export const scalarFunctions: ScalarFunctions = { scalar: scalarFunction, rounding };

export const tensorEvaluator: Evaluator<"tensor"> = {
  level: "tensor",
  run: (graph, sample) => runTensor(graph, sample.inputs),
};

/** Integer levels of a sample, as the integer network's inputs encode them. */
const levelsOf = (integer: IntegerGraph, { inputs }: Sample): Inputs =>
  new Map(
    integer.inputs.flatMap((node) => {
      const given = inputs.get(node.attrs.name);
      return given === undefined ? [] : [[node.attrs.name, encodeInput(node, given)] as const];
    }),
  );

const added = (a: Counters | null, b: Counters): Counters => {
  if (a === null) return b;
  return {
    steps: b.steps,
    spikes: new Map([...b.spikes].map(([id, n]) => [id, n + (a.spikes.get(id) ?? 0)])),
    synapticOperations: a.synapticOperations + b.synapticOperations,
    neuronUpdates: a.neuronUpdates + b.neuronUpdates,
    wraps: a.wraps + b.wraps,
    saturations: a.saturations + b.saturations,
  };
};

/** Runs a spiking network, by its projections or by a carrier of a machine; a realized one takes samples as a stream. */
export const engineOf = (network: SpikingNetwork, integer: IntegerGraph, carrier?: Carrier): Engine => ({
  run: (samples, each) => {
    const options = carrier === undefined ? {} : { carrier };
    if (network.schedule.kind === "clock") {
      const run = streamSpikingLevels(
        network,
        samples.map((s) => levelsOf(integer, s)),
        options,
      );
      let index = 0;
      for (const sample of run.samples) each(sample, index++);
      return { ...run.counters(), steps: network.schedule.steps };
    }
    let total: Counters | null = null;
    samples.forEach((sample, index) => {
      const run = runSpikingLevels(network, levelsOf(integer, sample), options);
      total = added(total, run.counters);
      each(run, index);
    });
    if (total === null) throw new Error("no samples to run");
    return total;
  },
});
