import { boundsOf, type ConversionMode, conversionMode, convert } from "../../compiler/convert/index.ts";
import { type IntegerGraph, type SpikingNetwork, sizeOf } from "../../compiler/ir/index.ts";
import type { ModeName } from "../../compiler/target/index.ts";
import { inputsOf, type Mode } from "../../compiler/testing/index.ts";
import { runInteger } from "../../runtime/integer/index.ts";
import { runSpiking, type SpikingOptions } from "../../runtime/spiking/index.ts";

export const modeNamed = (name: ModeName): ConversionMode => {
  const mode = conversionMode(name);
  if (mode === undefined) throw new Error(`no conversion ${name}`);
  return mode;
};

/** What an experiment changes between the integer and the spiking run. */
export interface Changes {
  readonly network?: (network: SpikingNetwork) => SpikingNetwork;
  readonly options?: SpikingOptions;
}

/**
 * The first difference between the integer run of a graph and the run of its spiking network, over all inputs, neurons,
 * max-pools and outputs; also when a run takes more steps or spikes than its bounds. Null when there is none.
 */
export const disagreement = (
  graph: IntegerGraph,
  mode: ConversionMode,
  seed: number,
  style: Mode,
  { network: change = (n) => n, options = {} }: Changes = {},
): string | null => {
  const { inputs } = inputsOf(graph, seed, style);
  const wanted = runInteger(graph, inputs);
  const { graph: network, pairs } = convert(graph, mode);
  const found = runSpiking(change(network), inputs, options);
  for (const [node, id] of pairs) {
    const [before, after] = [wanted.at(node).data, found.at(id).data];
    const at = before.findIndex((n, i) => n !== after[i]);
    if (at >= 0) return `${id}[${at}] is ${after[at]}, not ${before[at]}`;
  }
  for (const [name, { data }] of wanted.outputs) {
    if (!data.every((n, i) => n === found.outputs.get(name)?.data[i])) return `output ${name} differs`;
  }
  return options.carrier === undefined ? excess(network, found.counters) : null;
};

const excess = (
  network: SpikingNetwork,
  counters: ReturnType<typeof runSpiking>["counters"],
): string | null => {
  const bounds = boundsOf(network);
  if (counters.steps > bounds.steps) return `${counters.steps} steps, the bound is ${bounds.steps}`;
  for (const p of network.populations) {
    const most = (bounds.perNeuron.get(p.id) ?? 0) * sizeOf(p.shape);
    const spikes = counters.spikes.get(p.id) ?? 0;
    if (spikes > most) return `${p.id} sends ${spikes} spikes, the bound is ${most}`;
  }
  return null;
};
