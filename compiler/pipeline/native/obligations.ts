import type { Obligation } from "../../convert/obligation.ts";
import { item, type MachineProgram, rowsOf, type SpikingNetwork, sizeOf, slotsOf } from "../../ir/index.ts";
import { type Target, valueOf } from "../../target/index.ts";
import type { Dynamics } from "./build.ts";
import { greatestSum } from "./compartments.ts";
import { addResidues, prime, residueOf } from "./residues.ts";

/** A residue for every element of a population, the same in every run. */
const drawn = (population: number, size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, e) => ((population + 1) * 7919 * 16807 + e * 48271) % prime);

/** What arrives at every element modulo the prime, when all sources send what was drawn: by population, then by delay. */
type Sums = readonly Map<number, Float64Array>[];

const sumsIn = (sums: Sums, to: number, delay: number, size: number): Float64Array => {
  const own = sums[to];
  if (own === undefined) throw new Error("a synapse ends at no neuron");
  const found = own.get(delay) ?? new Float64Array(size);
  own.set(delay, found);
  return found;
};

const ofProjections = ({ populations, projections }: SpikingNetwork): Sums => {
  const index = new Map(populations.map((p, i) => [p.id, i]));
  const sums: Sums = populations.map(() => new Map());
  for (const { from, to, map, gain, delay } of projections) {
    const rows = rowsOf(map);
    const factor = residueOf(gain);
    const x = drawn(index.get(from) ?? -1, rows.sources).map((r) => (r * factor) % prime);
    addResidues(rows, x, sumsIn(sums, index.get(to) ?? -1, delay, rows.targets));
  }
  return sums;
};

/** A slot that holds no neuron. */
const nobody = { population: -1, element: 0 };

const ofLists = (program: MachineProgram): Sums => {
  const { network, cores, lists } = program;
  const sizes = network.populations.map((p) => sizeOf(p.shape));
  const all = sizes.map((size, p) => drawn(p, size));
  const sums: Sums = sizes.map(() => new Map());
  cores.forEach(({ formats }, c) => {
    const slots = slotsOf(program, c);
    const delays = formats.map((f) => f.delay);
    const factors = formats.map((f) => 2 ** f.exponent);
    const { population, element, offsets, slot, kind, mantissa } = item(lists, c);
    for (let a = 0; a < element.length; a++) {
      const x = item(all, item(population, a))[item(element, a)] ?? 0;
      const end = item(offsets, a + 1);
      for (let s = item(offsets, a); s < end; s++) {
        const at = slots.get(slot[s] ?? -1) ?? nobody;
        const format = kind[s] ?? 0;
        const sum = sumsIn(sums, at.population, delays[format] ?? 0, sizes[at.population] ?? 0);
        const weight = residueOf((mantissa[s] ?? 0) * (factors[format] ?? 0));
        sum[at.element] = ((sum[at.element] ?? 0) + weight * x) % prime;
      }
    }
  });
  return sums;
};

/** Throws Error when the lists of the cores are not the projections: a fault of ours. */
const checkLists = (program: MachineProgram): number => {
  const { network, lists } = program;
  const [found, wanted] = [ofLists(program), ofProjections(network)];
  network.populations.forEach(({ id, shape }, p) => {
    const [a, b] = [item(found, p), item(wanted, p)];
    const size = sizeOf(shape);
    for (const delay of new Set([...a.keys(), ...b.keys()]))
      for (let e = 0; e < size; e++)
        if ((a.get(delay)?.[e] ?? 0) !== (b.get(delay)?.[e] ?? 0))
          throw new Error(`synapses of delay ${delay} into ${id}, element ${e}, are not the projections`);
  });
  return lists.reduce((sum, l) => sum + l.slot.length, 0);
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
