/** Projections as the mapper will see them, from profiles: what a weight costs where it ends, without writing maps out. */
import type { Diagnostic } from "../diagnostics/index.ts";
import { atNode } from "../diagnostics/index.ts";
import type { SpikingNetwork } from "../ir/index.ts";
import {
  item,
  type LinearMap,
  modelName,
  type Population,
  type PopulationId,
  type Projection,
} from "../ir/index.ts";
import { exponentOf, extentFrom } from "../map/exponents.ts";
import { type Layer, layersOf } from "../map/layers.ts";
import { realizeDiagnostics } from "../realize/diagnostics.ts";
import { type Cut, cutsOf } from "../realize/weights.ts";
import type { SynapseCost, Target } from "../target/index.ts";
import { type Profile, profileOf } from "./profile.ts";
import { shortened } from "./shorten.ts";

/** What one weight of a map becomes: synapses on the axon of its source, and the chip's formats that they use. */
export interface Price {
  readonly synapses: number;
  /** Bit f: format f. */
  readonly formats: number;
}

/** All projections of one source population through one map into one layer. */
export interface Link {
  readonly source: number;
  readonly map: LinearMap;
  readonly profile: Profile;
  /** Longest of its extra delays. */
  readonly delay: number;
  readonly priceOf: (weight: number) => Price;
}

export interface LinkedLayer extends Layer {
  readonly links: readonly Link[];
  /** Targets of every element, by lane, and the rows of a spatial kernel that they lie in. */
  readonly fanOut: readonly Int32Array[];
  /** Layers that read it, by lane: with the most targets of one element. */
  readonly readers: readonly (readonly { readonly layer: number; readonly most: number }[])[];
}

export interface Linked {
  readonly populations: readonly Population[];
  readonly layers: readonly LinkedLayer[];
  readonly faults: readonly Diagnostic[];
}

type Wired = Pick<SpikingNetwork, "populations" | "projections" | "spellings">;

interface PricedCut extends Cut {
  readonly format: number;
}

const pricedCuts = (
  gain: number,
  profile: Profile,
  delay: number,
  target: Target,
  cost: SynapseCost,
): readonly PricedCut[] | null => {
  const found =
    target.cell === null
      ? { cuts: [{ gain, digit: (w: number): number => w }], fits: true }
      : cutsOf(gain, profile.most, target.grid);
  if (found === null || !found.fits) return null;
  return found.cuts.map((cut) => {
    const exponent = exponentOf(extentFrom(profile.weights.map(cut.digit)), cut.gain, target.grid) ?? 0;
    return { ...cut, format: cost.formatOf(exponent, delay) };
  });
};

/** Cuts with how many projections make them. */
interface Repeated {
  readonly cuts: readonly PricedCut[];
  times: number;
}

const priceTable = (cuts: readonly Repeated[]): ((weight: number) => Price) => {
  const known = new Map<number, Price>();
  return (weight) => {
    const found = known.get(weight);
    if (found !== undefined) return found;
    let [synapses, formats] = [0, 0];
    for (const { cuts: list, times } of cuts)
      for (const { digit, format } of list) {
        if (digit(weight) === 0) continue;
        synapses += times;
        formats |= 1 << format;
      }
    const price = { synapses, formats };
    known.set(weight, price);
    return price;
  };
};

const tooWide = (population: Population, projection: Projection, target: Target): Diagnostic => {
  const { low, high, exponents } = target.grid;
  return realizeDiagnostics.report("weight-too-wide", atNode(modelName(population)), {
    target: target.name,
    weight: projection.gain * profileOf(projection.map).most,
    parts: exponents[1] - exponents[0] + 1,
    low,
    high,
  });
};

const grouped = <T>(items: readonly T[], keysOf: (value: T) => readonly [object, number]): readonly T[][] => {
  const groups = new Map<object, Map<number, T[]>>();
  const lists: T[][] = [];
  for (const value of items) {
    const [outer, inner] = keysOf(value);
    const row = groups.get(outer) ?? new Map<number, T[]>();
    groups.set(outer, row);
    const list = row.get(inner);
    if (list !== undefined) list.push(value);
    else {
      const fresh = [value];
      row.set(inner, fresh);
      lists.push(fresh);
    }
  }
  return lists;
};

interface Arc {
  readonly projection: Projection;
  readonly source: number;
  readonly to: number;
}

/**
 * Layers of a network with everything that leads into them. `factor` is what a gain of 1 is on the target's grid.
 * Weights that no synapses of the target can spell are faults; such projections are left out.
 */
export const linkedLayers = (network: Wired, target: Target, cost: SynapseCost, factor: number): Linked => {
  const { populations, projections } = network;
  const layers = layersOf(network);
  const indexOf = new Map<PopulationId, number>(populations.map((p, i) => [p.id, i]));
  const seats = new Map<number, readonly [layer: number, lane: number]>(
    layers.flatMap(({ lanes }, l) => lanes.map((p, lane) => [p, [l, lane]] as const)),
  );
  const faults = new Map<string, Diagnostic>();
  const arcs = projections.flatMap((projection): readonly Arc[] => {
    const source = indexOf.get(projection.from) ?? -1;
    const to = indexOf.get(projection.to) ?? -1;
    return projection.gain === 0 || !seats.has(to) ? [] : [{ projection, source, to }];
  });
  const into = layers.map((): Arc[] => []);
  const outOf = layers.map(({ lanes }) => lanes.map((): Arc[] => []));
  for (const arc of arcs) {
    into[seats.get(arc.to)?.[0] ?? -1]?.push(arc);
    const [layer, lane] = seats.get(arc.source) ?? [-1, -1];
    outOf[layer]?.[lane]?.push(arc);
  }
  const cutCache = new Map<Profile, Map<string, readonly PricedCut[] | null>>();
  const cutsFor = (profile: Profile, gain: number, delay: number): readonly PricedCut[] | null => {
    const known = cutCache.get(profile) ?? new Map<string, readonly PricedCut[] | null>();
    cutCache.set(profile, known);
    const key = `${gain} ${delay}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = pricedCuts(gain, profile, delay, target, cost);
    known.set(key, made);
    return made;
  };
  const linkOf = (members: readonly Arc[]): readonly Link[] => {
    const { projection, source } = item(members, 0);
    const { map } = projection;
    const profile = profileOf(map);
    const table = new Map<string, { readonly cuts: readonly PricedCut[] | null; times: number }>();
    for (const m of members) {
      const { gain, delay } = m.projection;
      const key = `${gain} ${delay}`;
      const known = table.get(key) ?? { cuts: cutsFor(profile, gain * factor, delay), times: 0 };
      table.set(key, known);
      known.times++;
      if (known.cuts !== null) continue;
      const fault = tooWide(item(populations, m.to), m.projection, target);
      if (!faults.has(fault.where.node ?? "")) faults.set(fault.where.node ?? "", fault);
    }
    const cuts = [...table.values()].flatMap(({ cuts: own, times }) =>
      own === null ? [] : [{ cuts: own, times }],
    );
    if (cuts.length === 0) return [];
    const delay = members.reduce((most, m) => Math.max(most, m.projection.delay), 0);
    return [{ source, map: shortened(map), profile, delay, priceOf: priceTable(cuts) }];
  };
  const linked = layers.map((layer, l): LinkedLayer => {
    const readers = item(outOf, l).map((lane) =>
      grouped(lane, (arc) => [arc.projection.map, seats.get(arc.to)?.[0] ?? -1]),
    );
    return {
      ...layer,
      links: grouped(item(into, l), (arc) => [arc.projection.map, arc.source]).flatMap(linkOf),
      fanOut: readers.map((groups) => {
        const total = new Int32Array(layer.cells);
        for (const first of groups.flatMap((g) => g.slice(0, 1)))
          profileOf(first.projection.map).fanOut.forEach((n, i) => {
            total[i] = (total[i] ?? 0) + n;
          });
        return total;
      }),
      readers: readers.map((groups) =>
        groups.map((group) => {
          const first = item(group, 0);
          const { fanOut } = profileOf(first.projection.map);
          return { layer: seats.get(first.to)?.[0] ?? -1, most: fanOut.reduce((a, b) => Math.max(a, b), 0) };
        }),
      ),
    };
  });
  return { populations, layers: linked, faults: [...faults.values()] };
};
