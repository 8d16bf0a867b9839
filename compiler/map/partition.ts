/**
 * Fills cores with cells, from the last layer to the first: when a neuron is placed, the cores that listen to it are
 * known, so its output entries are counted and not guessed. A core closes when one more cell would break a limit;
 * layers share cores where they fit.
 */
import { atNode, type Diagnostic, Rejected } from "../diagnostics/index.ts";
import { item, last } from "../ir/index.ts";
import { mapDiagnostics } from "./diagnostics.ts";
import {
  type Filling,
  nextCore,
  openFilling,
  type Price,
  placeCell,
  priceOf,
  type Rules,
  takeCell,
} from "./fill.ts";
import { elementOf } from "./layers.ts";
import { type Amounts, type Resource, resources } from "./resources.ts";
import type { WiredLayer, Wiring } from "./wires.ts";

/** Cells [from, to) of a layer. */
export interface Segment {
  readonly layer: number;
  readonly from: number;
  readonly to: number;
}

export interface Partition {
  /** What every core holds, in the order of the network. */
  readonly cores: readonly (readonly Segment[])[];
  /** How many cores each resource has closed. */
  readonly closed: ReadonlyMap<Resource, number>;
}

const fits = (amounts: Amounts, limits: Amounts): boolean => {
  for (let r = 0; r < amounts.length; r++) if ((amounts[r] ?? 0) > (limits[r] ?? 0)) return false;
  return true;
};

/** Resources of which there would be too much. */
const broken = (amounts: Amounts, limits: Amounts): readonly number[] =>
  resources.flatMap((_, r) => (item(amounts, r) > item(limits, r) ? [r] : []));

/** A segment that grows downwards. */
type Growing = { -readonly [K in keyof Segment]: Segment[K] };

interface Progress {
  readonly cores: Growing[][];
  readonly closed: Map<Resource, number>;
  /** The first fault of every layer and resource. */
  readonly faults: Map<string, Diagnostic>;
}

const close = (progress: Progress, filling: Filling, causes: readonly number[]): void => {
  for (const r of causes) {
    const name = item(resources, r);
    progress.closed.set(name, (progress.closed.get(name) ?? 0) + 1);
  }
  nextCore(filling);
  progress.cores.push([]);
};

/** A cell that no core can hold. */
const refuse = (
  progress: Progress,
  wiring: Wiring,
  layer: WiredLayer,
  element: number,
  price: Price,
  rules: Rules,
  target: string,
): void => {
  for (const r of broken(price.amounts, rules.limits)) {
    const resource = item(resources, r);
    const key = `${layer.name} ${resource}`;
    if (progress.faults.has(key)) continue;
    const { origins } = item(wiring.network.populations, item(layer.lanes, 0));
    const holes = {
      target,
      lanes: layer.lanes.length,
      element,
      needed: item(price.amounts, r),
      resource,
      limit: item(rules.limits, r),
    };
    progress.faults.set(
      key,
      mapDiagnostics.report("neuron-too-large", atNode(origins[0]?.name ?? layer.name), holes),
    );
  }
};

/** Lengthens the last segment of the core, or begins one. Cells come in falling order. */
const record = (core: Growing[], layer: number, cell: number): void => {
  const before = core[core.length - 1];
  if (before?.layer === layer && before.from === cell + 1) before.from = cell;
  else core.push({ layer, from: cell, to: cell + 1 });
};

/** Cores in the order of the network. Throws Rejected with every layer that has a neuron larger than a core. */
export const partition = (wiring: Wiring, rules: Rules, target: string): Partition => {
  const filling = openFilling(wiring);
  const progress: Progress = { cores: [[]], closed: new Map(), faults: new Map() };
  for (let l = wiring.layers.length - 1; l >= 0; l--) {
    const layer = item(wiring.layers, l);
    for (let cell = layer.cells - 1; cell >= 0; cell--) {
      const element = elementOf(layer, cell);
      takeCell(filling, layer, element);
      let price = priceOf(filling, layer, element, rules);
      if (!fits(price.amounts, rules.limits)) {
        if (last(progress.cores).length > 0) {
          close(progress, filling, broken(price.amounts, rules.limits));
          price = priceOf(filling, layer, element, rules);
        }
        refuse(progress, wiring, layer, element, price, rules, target);
      }
      placeCell(filling, layer, element, price);
      record(last(progress.cores), l, cell);
    }
  }
  if (progress.faults.size > 0) throw new Rejected([...progress.faults.values()].reverse());
  const cores = progress.cores.filter((core) => core.length > 0).map((core) => core.reverse());
  return { cores: cores.reverse(), closed: progress.closed };
};
