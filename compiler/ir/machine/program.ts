import { type Infer, schema, type Values } from "../core/index.ts";
import { network, populationId, type SpikingNetwork } from "../spiking/index.ts";

const { bool, index, int, lines, list, nullable, or, pair, record, text, variant, word } = schema;

export const coreIndex = index("core");
export type CoreIndex = Infer<typeof coreIndex>;

/** Routers on a grid, links in a fixed order: mesh E N W S; hexagonal E NE N W SW S. */
export const topology = variant({
  /** `size` counts routers of one chip; chips stand in a row. */
  mesh: { size: pair, coresPerRouter: int, chips: int },
  hexagonal: { size: pair, coresPerRouter: int, wraps: list(bool), absent: or(list(pair), []) },
});
export type Topology = Infer<typeof topology>;

/** Elements [from, to) of a population, on slots `slot`, `slot + stride`, ...: the witness of the placement. */
export const block = record({ population: populationId, range: pair, slot: int, stride: or(int, 1) });
export type Block = Infer<typeof block>;

/** How the synapses of one kind lie in memory: their effective weight is mantissa * 2^exponent, they act `delay` steps late. */
export const format = record({
  exponent: or(int, 0),
  delay: or(int, 0),
  weightBits: int,
  delayBits: or(int, 0),
  indexBits: or(int, 0),
});
export type Format = Infer<typeof format>;

export const use = record({ resource: text, amount: int });
export type Use = Infer<typeof use>;

export const core = record({
  chip: or(int, 0),
  router: pair,
  port: int,
  blocks: list(block),
  formats: list(format),
  /** Names and limits are the target's. */
  uses: list(use),
});
export type Core = Infer<typeof core>;

/** A core without neurons that sends elements [from, to) of a host population into a machine that routes by key. */
export const injector = record({ router: pair, port: int, range: pair });
export type Injector = Infer<typeof injector>;

/**
 * Multicast from a core (or from the host, for a population) along links, parents first; unused on chips that route by
 * address. The n-th neuron of the population on that core, in the order of its blocks, owns the keys from key + n * step up
 * to the next neuron's; which of them a spike carries tells the step of the network modulo `step`.
 */
export const route = record({
  core: nullable(int),
  population: populationId,
  /** Where the host's messages enter; none where a core sends. */
  injector: nullable(injector),
  key: int,
  mask: int,
  step: or(int, 1),
  tree: list(record({ router: pair, link: int })),
  to: list(coreIndex),
});
export type Route = Infer<typeof route>;

export const machine = {
  target: text,
  network: record(network),
  topology,
  cores: lines(core),
  routes: or(lines(route), []),
  barrier: word("global", "timer"),
};

/** Everything of a program but its synapses. */
export type MachineHead = Values<typeof machine>;

/** Integers; in a program in real arithmetic, whose weights lie on no grid, doubles. */
export type Mantissas = Int32Array | Float64Array;

/** Room for so many mantissas of a network. */
export const openMantissas = (
  { arithmetic }: Pick<SpikingNetwork, "arithmetic">,
  count: number,
): Mantissas => (arithmetic.kind === "real" ? new Float64Array(count) : new Int32Array(count));

/**
 * Synapse lists of one core. Axon a is fed by element `element[a]` of population `population[a]` (index in the network)
 * and owns synapses offsets[a] <= s < offsets[a + 1]: each adds mantissa * 2^exponent to slot `slot[s]`, in the format
 * `kind[s]` of the core. Axons rise by (population, element).
 */
export interface SynapseLists {
  readonly population: Uint16Array;
  readonly element: Uint32Array;
  readonly offsets: Uint32Array;
  readonly slot: Uint16Array;
  readonly mantissa: Mantissas;
  readonly kind: Uint8Array;
}

/** A network on cores: who sits where, what arrives, and along which links. `lists[i]` belongs to `cores[i]`. */
export interface MachineProgram extends MachineHead {
  readonly lists: readonly SynapseLists[];
}
