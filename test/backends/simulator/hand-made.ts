import { named } from "../../../compiler/diagnostics/index.ts";
import {
  adjoint,
  conv,
  dense,
  integers,
  item,
  type LinearMap,
  type MachineProgram,
  type Population,
  populationId,
  readOf,
  type SpikingNetwork,
  sizeOf,
} from "../../../compiler/ir/index.ts";
import { listsOf } from "../../../runtime/standalone/lists.ts";

const id = populationId.of;

/** Small numbers of either sign that no pattern repeats soon. */
const pattern = (name: string, shape: readonly number[], most: number) =>
  integers(
    name,
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7919 + 13) % (2 * most + 1)) - most),
  );

const graded: Population["code"] = { kind: "phased", gains: [1], limit: 15, across: "time" };

/** Names of the parts of a network. */
export interface Titles {
  readonly network: string;
  readonly input: string;
  readonly hidden: string;
  readonly sum: string;
  readonly output: string;
}

/** An image of [1, 6, 6], a convolution with 3 x 3 kernels and stride 2, a dense read-out. */
export const smallNetwork = (titles: Titles): SpikingNetwork => {
  const map = conv([1, 6, 6], pattern("kernel", [2, 1, 3, 3], 7), {
    strides: [2, 2],
    pads: [
      [1, 1],
      [1, 1],
    ],
  });
  const head = dense(pattern("head", [3, 18], 9));
  const theta = integers("theta", [2], Float64Array.of(5, 9));
  return {
    name: titles.network,
    schedule: { kind: "phases", lengths: [1, 1, 1] },
    arithmetic: { kind: "exact" },
    populations: [
      {
        id: id(titles.input),
        shape: [1, 6, 6],
        model: { kind: "input", low: 0, high: 15, scale: [0.5], round: "up" },
        code: graded,
        bias: null,
        origins: [named(titles.input)],
        start: 0,
      },
      {
        id: id(titles.hidden),
        shape: [2, 3, 3],
        model: { kind: "levels", fn: { kind: "uniform", theta, low: 0, high: 15 } },
        code: graded,
        bias: pattern("bias", [2], 20),
        origins: [named(titles.hidden), named(`${titles.hidden} too`)],
        start: 1,
      },
      {
        id: id(titles.sum),
        shape: [3],
        model: { kind: "sum" },
        code: { kind: "plain", payload: false },
        bias: null,
        origins: [named(titles.sum)],
        start: 2,
      },
    ],
    projections: [
      { from: id(titles.input), to: id(titles.hidden), map, gain: 1, delay: 0, delays: null },
      { from: id(titles.hidden), to: id(titles.sum), map: head, gain: 1, delay: 0, delays: null },
    ],
    outputs: [readOf({ name: titles.output, from: id(titles.sum), read: "sum", scale: [0.25] })],
    spellings: [],
  };
};

const synapse = { exponent: 0, delay: 0, weightBits: 32, delayBits: 16, indexBits: 16 } as const;

/** The network on two cores: the hidden layer is cut in the middle of its second channel. */
export const onTwoCores = (network: SpikingNetwork): MachineProgram => {
  const [, hidden, sum] = network.populations.map((p) => p.id);
  if (hidden === undefined || sum === undefined) throw new Error("the network is not the small one");
  const head: Omit<MachineProgram, "lists"> = {
    target: "simulator",
    network,
    topology: { kind: "mesh", size: [2, 2], coresPerRouter: 1, chips: 1 },
    cores: [
      {
        chip: 0,
        router: [0, 0],
        port: 0,
        blocks: [{ population: hidden, range: [0, 13], slot: 0, stride: 1 }],
        formats: [synapse],
        uses: [{ resource: "neurons", amount: 13 }],
      },
      {
        chip: 0,
        router: [1, 0],
        port: 0,
        blocks: [
          { population: hidden, range: [13, 18], slot: 1, stride: 2 },
          { population: sum, range: [0, 3], slot: 0, stride: 2 },
        ],
        formats: [synapse],
        uses: [{ resource: "neurons", amount: 8 }],
      },
    ],
    routes: [],
    barrier: "global",
  };
  return { ...head, lists: head.cores.map((_, c) => listsOf(network, item(head.cores, c))) };
};

/** The small network with a second input of [4] that adds to its sums; a map is read backwards, another one is sparse. */
export const twoInputs = (titles: Titles, second: string): SpikingNetwork => {
  const network = smallNetwork(titles);
  const bump: Population = {
    id: id(second),
    shape: [4],
    model: { kind: "input", low: -8, high: 7, scale: [1], round: "even" },
    code: { ...graded, limit: 8 },
    bias: null,
    origins: [named(second)],
    start: 1,
  };
  const backwards = adjoint(dense(pattern("backwards", [4, 3], 5)));
  const sparse: LinearMap = {
    kind: "sparse",
    from: [4],
    to: [3],
    row: integers("row", [2], Float64Array.of(0, 2)),
    column: integers("column", [2], Float64Array.of(1, 3)),
    weight: integers("weight", [2], Float64Array.of(-3, 4)),
  };
  const add = [backwards, sparse].map((map) => ({
    from: bump.id,
    to: id(titles.sum),
    map,
    gain: 2,
    delay: 0,
    delays: null,
  }));
  return {
    ...network,
    populations: [...network.populations, bump],
    projections: [...network.projections, ...add],
  };
};
