import type { Obligation } from "../../convert/obligation.ts";
import { item, type MachineProgram, rowsOf, type SpikingNetwork, sizeOf } from "../../ir/index.ts";
import { type Target, valueOf } from "../../target/index.ts";
import type { Dynamics } from "./build.ts";
import { greatestSum } from "./compartments.ts";
import { addResidues, prime, residueOf } from "./residues.ts";

/** A residue for every element of a population, the same in every run. */
const drawn = (population: number, size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, e) => ((population + 1) * 7919 * 16807 + e * 48271) % prime);

/** What the projections add to every element, by population and delay: modulo the prime. */
type Sums = Map<string, Float64Array>;

const sumsIn = (sums: Sums, to: number, delay: number, size: number): Float64Array => {
  const key = `${to} ${delay}`;
  const found = sums.get(key) ?? new Float64Array(size);
  sums.set(key, found);
  return found;
};

const indicesOf = ({ populations }: SpikingNetwork): ReadonlyMap<string, number> =>
  new Map(populations.map((p, i) => [p.id, i]));

const ofProjections = (network: SpikingNetwork): Sums => {
  const index = indicesOf(network);
  const sums: Sums = new Map();
  for (const { from, to, map, gain, delay } of network.projections) {
    const rows = rowsOf(map);
    const x = drawn(index.get(from) ?? -1, rows.sources).map((r) => (r * residueOf(gain)) % prime);
    addResidues(rows, x, sumsIn(sums, index.get(to) ?? -1, delay, rows.targets));
  }
  return sums;
};

const ofLists = ({ network, cores, lists }: MachineProgram): Sums => {
  const index = indicesOf(network);
  const sizes = network.populations.map((p) => sizeOf(p.shape));
  const all = sizes.map((size, p) => drawn(p, size));
  const sums: Sums = new Map();
  cores.forEach(({ blocks, formats }, c) => {
    const seats = new Map<number, readonly [population: number, element: number]>();
    for (const { population, range, slot, stride } of blocks)
      for (let i = 0; i < range[1] - range[0]; i++)
        seats.set(slot + i * stride, [index.get(population) ?? -1, range[0] + i]);
    const own = item(lists, c);
    for (let a = 0; a < own.element.length; a++) {
      const x = item(all, item(own.population, a))[item(own.element, a)] ?? 0;
      for (let s = item(own.offsets, a); s < item(own.offsets, a + 1); s++) {
        const [to, element] = seats.get(item(own.slot, s)) ?? [-1, 0];
        const format = item(formats, item(own.kind, s));
        const sum = sumsIn(sums, to, format.delay, item(sizes, to));
        const weight = residueOf(item(own.mantissa, s) * 2 ** format.exponent);
        sum[element] = ((sum[element] ?? 0) + weight * x) % prime;
      }
    }
  });
  return sums;
};

/** Throws Error when the lists of the cores are not the projections: a fault of ours. */
const checkLists = (program: MachineProgram): number => {
  const [lists, projections] = [ofLists(program), ofProjections(program.network)];
  for (const key of new Set([...lists.keys(), ...projections.keys()])) {
    const [found, wanted] = [lists.get(key), projections.get(key)];
    const size = Math.max(found?.length ?? 0, wanted?.length ?? 0);
    for (let e = 0; e < size; e++)
      if ((found?.[e] ?? 0) !== (wanted?.[e] ?? 0))
        throw new Error(
          `synapses of ${program.network.name} into ${key}, element ${e}, are not the projections`,
        );
  }
  return program.lists.reduce((sum, l) => sum + l.slot.length, 0);
};

/** On a chip: whether the sum of a step can leave its accumulator when all sources fire at once. */
const sumsFit = ({ network }: MachineProgram, { cell }: Target): readonly Obligation[] => {
  const limit = cell === null ? null : valueOf(cell.signedSumLimit);
  if (limit === null) return [];
  const most = greatestSum(network);
  const evidence = `at most ${most} of ${limit} in one step and sign when all sources fire at once`;
  return [{ id: "sums-fit", layer: null, status: most <= limit ? "proved" : "assumed", evidence }];
};

/**
 * What is known of a native program. Nothing is proved about accuracy: the dynamics are kept, and that they are those of
 * the simulator in which the network was trained is what the user said.
 */
export const nativeObligations = (
  program: MachineProgram,
  dynamics: Dynamics,
  target: Target,
): readonly Obligation[] => {
  const { profile, dt, reset } = dynamics;
  const synapses = checkLists(program);
  return [
    {
      id: "synapses-equal-projections",
      layer: null,
      status: "checked",
      evidence: `${synapses} synapses, one random vector modulo ${prime} by delay`,
    },
    ...sumsFit(program, target),
    {
      id: "dynamics",
      layer: null,
      status: "assumed",
      evidence: `profile ${profile}, ${dt === null ? "no step in seconds" : `a step of ${dt} s`}, ${reset} reset where a neuron does not say one`,
    },
  ];
};
