import { boardTopology } from "../../../backends/spinnaker1/board.ts";
import { spinnaker1 } from "../../../backends/spinnaker1/target.ts";
import { type Random, randomFrom } from "../../../compiler/check/random.ts";
import {
  type Core,
  clock,
  integers,
  item,
  type MachineProgram,
  type Membrane,
  membraneOf,
  type Population,
  populationId,
  type SynapseLists,
  sizeOf,
  toZero,
} from "../../../compiler/ir/index.ts";
import { routeProgram } from "../../../compiler/map/route.ts";
import { gridOf } from "../../../compiler/map/route-grid.ts";
import { known } from "../../../compiler/target/index.ts";

export interface Sizes {
  readonly inputs: number;
  readonly layers: readonly number[];
  /** Neurons of one population on one core at most. */
  readonly perCore: number;
  /** Of 100 pairs (source core block, core), how many are connected. */
  readonly density: number;
  /** Ports that stay free between two used ones, at most. */
  readonly spread: number;
  readonly seed: number;
}

const scalar = (value: number) => integers("scalar", [1], Float64Array.of(value));

const membrane: Membrane = membraneOf({
  decay: scalar(0),
  threshold: scalar(1),
  comparator: "reached",
  reset: toZero,
});

const population = (name: string, size: number, model: Population["model"], start: number): Population => ({
  id: populationId.of(name),
  shape: [size],
  model,
  code: { kind: "plain", payload: false },
  bias: null,
  origins: [{ name, span: null }],
  start,
});

const populationsOf = ({ inputs, layers }: Sizes): readonly Population[] => [
  population("x", inputs, { kind: "input", low: 0, high: 1, scale: [1], round: "floor" }, 0),
  population("start", 1, { kind: "start" }, 0),
  ...layers.map((size, i) => population(`layer${i}`, size, membrane, 2 * i + 2)),
];

/** Parts of the layers, two of which share a core now and then. */
const blocksOf = (
  populations: readonly Population[],
  { perCore }: Sizes,
  random: Random,
): readonly Core["blocks"][] => {
  const cores: Core["blocks"][] = [];
  for (const { id, shape, model } of populations) {
    if (model.kind !== "membrane") continue;
    const size = sizeOf(shape);
    for (let from = 0; from < size; ) {
      const to = Math.min(size, from + random.between(1, perCore));
      const before = cores.at(-1);
      const slot = before === undefined ? 0 : before.reduce((n, b) => n + b.range[1] - b.range[0], 0);
      const block = { population: id, range: [from, to] as const, slot: 0, stride: 1 };
      if (before !== undefined && slot + to - from <= 256 && random.chance(25))
        cores[cores.length - 1] = [...before, { ...block, slot }];
      else cores.push([block]);
      from = to;
    }
  }
  return cores;
};

const listsOf = (
  populations: readonly Population[],
  blocks: Core["blocks"],
  sizes: Sizes,
  random: Random,
): SynapseLists => {
  const slots = blocks.reduce((n, b) => n + b.range[1] - b.range[0], 0);
  const axons: {
    readonly population: number;
    readonly element: number;
    readonly slots: readonly number[];
  }[] = [];
  populations.forEach(({ shape }, p) => {
    const size = sizeOf(shape);
    for (let from = 0; from < size; from += sizes.perCore) {
      if (!random.chance(sizes.density)) continue;
      for (let e = from; e < Math.min(size, from + sizes.perCore); e++) {
        if (random.chance(50))
          axons.push({
            population: p,
            element: e,
            slots: random.chance(10) ? [] : [random.between(0, slots - 1)],
          });
      }
    }
  });
  const synapses = axons.flatMap((a) => a.slots);
  let offset = 0;
  const offsets = [0, ...axons.map((a) => (offset += a.slots.length))];
  return {
    population: Uint16Array.from(axons, (a) => a.population),
    element: Uint32Array.from(axons, (a) => a.element),
    offsets: Uint32Array.from(offsets),
    slot: Uint16Array.from(synapses),
    mantissa: Int32Array.from(synapses, () => random.between(-9, 9)),
    kind: new Uint8Array(synapses.length),
  };
};

/** A placed program without routes, with random synapses. */
export const placedProgram = (sizes: Sizes): MachineProgram => {
  const random = randomFrom(sizes.seed);
  const populations = populationsOf(sizes);
  const blocks = blocksOf(populations, sizes, random);
  const topology = boardTopology(blocks.length * (sizes.spread + 1));
  if (topology.kind !== "hexagonal") throw new Error("SpiNNaker is hexagonal");
  const { routers } = gridOf(topology);
  let at = -1;
  const cores = blocks.map((b): Core => {
    at += 1 + random.between(0, sizes.spread);
    const router = item(routers, Math.floor(at / topology.coresPerRouter));
    const formats = [{ exponent: 0, delay: 1, weightBits: 16, delayBits: 5, indexBits: 8 }];
    return { chip: 0, router, port: at % topology.coresPerRouter, blocks: b, formats, uses: [] };
  });
  return {
    target: "spinnaker1",
    network: {
      name: "random",
      schedule: clock(9, { interval: 1 }),
      arithmetic: { kind: "buffered", bufferBits: 16, stateBits: 32 },
      populations,
      projections: [],
      outputs: [],
      spellings: [],
    },
    topology,
    cores,
    routes: [],
    barrier: "timer",
    lists: cores.map((c) => listsOf(populations, c.blocks, sizes, random)),
  };
};

/** The same with routes, and so many keys a neuron. */
export const randomProgram = (sizes: Sizes, keysPerNeuron = 64): MachineProgram =>
  routeProgram(placedProgram(sizes), { ...spinnaker1, keysPerNeuron: known(keysPerNeuron, "key", "test") });
