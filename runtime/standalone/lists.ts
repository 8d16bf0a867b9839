import { item, sizeOf } from "../../compiler/ir/core/index.ts";
import { type Rows, rowsOf } from "../../compiler/ir/linear/index.ts";
import { type Core, type Format, openMantissas, type SynapseLists } from "../../compiler/ir/machine/index.ts";
import type { Projection, SpikingNetwork } from "../../compiler/ir/spiking/index.ts";

/** A projection that has synapses on the core: its rows, its format, and the slot of each target element or -1. */
interface Branch {
  readonly rows: Rows;
  readonly slots: Int32Array;
  readonly kind: number;
  /** mantissa = weight * factor */
  readonly factor: number;
}

/** Slots on a core by population; populations that are not there are left out. */
const slotsByPopulation = (network: SpikingNetwork, core: Core): ReadonlyMap<string, Int32Array> => {
  const sizes = new Map(network.populations.map((p) => [p.id, sizeOf(p.shape)]));
  const slots = new Map<string, Int32Array>();
  for (const { population, range, slot, stride } of core.blocks) {
    const known = slots.get(population) ?? new Int32Array(sizes.get(population) ?? 0).fill(-1);
    for (let i = range[0]; i < range[1]; i++) known[i] = slot + (i - range[0]) * stride;
    slots.set(population, known);
  }
  return slots;
};

/** Real weights are written as they are: they need no grid. */
const formatFor = (
  { arithmetic }: SpikingNetwork,
  { delay, map, gain }: Projection,
  formats: readonly Format[],
): number => {
  const whole = ({ exponent }: Format): boolean =>
    arithmetic.kind === "real" ||
    rowsOf(map).weight.every((w) => Number.isInteger((w * gain) / 2 ** exponent));
  const kind = formats.findIndex((f) => f.delay === delay && whole(f));
  if (kind < 0) throw new Error(`no synapse format of the core has delay ${delay} and fits the weights`);
  return kind;
};

const branchesFrom = (
  network: SpikingNetwork,
  core: Core,
  slots: ReadonlyMap<string, Int32Array>,
  source: string,
): readonly Branch[] =>
  network.projections.flatMap((q): readonly Branch[] => {
    const there = slots.get(q.to);
    if (q.from !== source || there === undefined) return [];
    const kind = formatFor(network, q, core.formats);
    return [
      { rows: rowsOf(q.map), slots: there, kind, factor: q.gain / 2 ** item(core.formats, kind).exponent },
    ];
  });

type Emit = (slot: number, mantissa: number, kind: number) => void;

const walk = (branches: readonly Branch[], element: number, emit: Emit): void => {
  for (const { rows, slots, kind, factor } of branches) {
    const end = item(rows.offsets, element + 1);
    for (let i = item(rows.offsets, element); i < end; i++) {
      const slot = slots[rows.target[i] ?? 0] ?? -1;
      if (slot >= 0) emit(slot, (rows.weight[i] ?? 0) * factor, kind);
    }
  }
};

interface Axon {
  readonly population: number;
  readonly element: number;
  readonly branches: readonly Branch[];
  readonly count: number;
}

const axonsOf = (network: SpikingNetwork, core: Core): readonly Axon[] => {
  const slots = slotsByPopulation(network, core);
  return network.populations.flatMap(({ id, shape }, population) => {
    const branches = branchesFrom(network, core, slots, id);
    if (branches.length === 0) return [];
    return Array.from({ length: sizeOf(shape) }, (_, element): Axon => {
      let count = 0;
      walk(branches, element, () => count++);
      return { population, element, branches, count };
    }).filter(({ count }) => count > 0);
  });
};

/** The synapse lists of a core: what the projections of the network put on its slots, by axon. */
export const listsOf = (network: SpikingNetwork, core: Core): SynapseLists => {
  const axons = axonsOf(network, core);
  const total = axons.reduce((sum, { count }) => sum + count, 0);
  const offsets = new Uint32Array(axons.length + 1);
  const [slot, kind] = [new Uint16Array(total), new Uint8Array(total)];
  const mantissa = openMantissas(network, total);
  let at = 0;
  axons.forEach(({ branches, element }, a) => {
    walk(branches, element, (s, m, k) => {
      slot[at] = s;
      mantissa[at] = m;
      kind[at++] = k;
    });
    offsets[a + 1] = at;
  });
  return {
    population: Uint16Array.from(axons, (a) => a.population),
    element: Uint32Array.from(axons, (a) => a.element),
    offsets,
    slot,
    mantissa,
    kind,
  };
};
