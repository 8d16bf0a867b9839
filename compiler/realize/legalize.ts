import { atNode, Rejected } from "../diagnostics/index.ts";
import {
  floats,
  integers,
  item,
  type Membrane,
  membraneOf,
  modelName,
  type Population,
  type PopulationId,
  type Projection,
  type SpikingNetwork,
  type Weight,
} from "../ir/index.ts";
import { type Cell, type Target, valueOf } from "../target/index.ts";
import { realizeDiagnostics } from "./diagnostics.ts";
import type { Netlist } from "./netlist.ts";
import type { Reach } from "./sums.ts";
import { splitOntoGrid } from "./weights.ts";

const namesIn = ({ populations }: Netlist): ReadonlyMap<PopulationId, string> =>
  new Map(populations.map((p) => [p.id, modelName(p)]));

/** The coarsest unit at which no step can overflow; all layers that fit at none are reported. */
export const chooseUnit = (
  target: Target,
  cell: Cell,
  net: Netlist,
  reach: ReadonlyMap<PopulationId, Reach>,
): number => {
  const limit = valueOf(cell.signedSumLimit) ?? Infinity;
  const finest = item(cell.units, cell.units.length - 1);
  const widest = Math.max(...[...reach.values()].flatMap((r) => [r.positive, r.negative]));
  const unit = cell.units.find((u) => u * cell.weightFactor * widest <= limit);
  if (unit !== undefined) return unit;
  const originOf = namesIn(net);
  const most = Math.floor(limit / (finest * cell.weightFactor));
  const faults = [...reach].flatMap(([id, { positive, negative }]) => {
    const worst = Math.max(positive, negative);
    if (worst <= most) return [];
    const sign = positive >= negative ? "positive" : "negative";
    return [
      realizeDiagnostics.report("sum-too-wide", atNode(originOf.get(id) ?? id), {
        target: target.name,
        sign,
        sum: worst,
        limit: most,
        times: Math.ceil((10 * worst) / most) / 10,
        bits: Math.ceil(Math.log2(worst / most)),
      }),
    ];
  });
  throw new Rejected(faults.filter((f, i) => faults.findIndex((g) => g.where.node === f.where.node) === i));
};

interface Placed {
  readonly model: Membrane;
  readonly bias: Weight;
}

const placed = (cell: Cell, unit: number, silent: boolean): Placed => {
  const { threshold, drive, floor } = cell.fireAtOne(unit);
  const scalar = (name: string, value: number): Weight => integers(name, [1], Float64Array.of(value));
  return {
    model: membraneOf({
      decay: floats("decay", [1], Float64Array.of(valueOf(cell.leastDecay) ?? 0)),
      threshold: scalar("threshold", silent ? cell.silent : threshold),
      comparator: cell.comparator,
      reset: cell.reset,
      floor: silent ? null : floor,
    }),
    bias: scalar("drive", silent ? 0 : drive),
  };
};

/** Gives every placeholder the cell's parameters and writes all weights in the cell's unit on the target's grid. */
export const legalize = (
  target: Target,
  cell: Cell,
  net: Netlist,
  unit: number,
): Pick<SpikingNetwork, "populations" | "projections"> => {
  const firing = placed(cell, unit, false);
  const reading = placed(cell, unit, true);
  const scaled = net.projections.map((q) => ({ ...q, gain: q.gain * cell.weightFactor * unit }));
  const splits = scaled.map((q) => splitOntoGrid(q, target.grid));
  const { low, high, exponents } = target.grid;
  const originOf = namesIn(net);
  const faults = splits.flatMap(({ misfits }, i) => {
    const { to } = item(net.projections, i);
    return misfits.slice(0, 1).map((w) =>
      realizeDiagnostics.report("weight-too-wide", atNode(originOf.get(to) ?? to), {
        target: target.name,
        weight: w,
        parts: exponents[1] - exponents[0] + 1,
        low,
        high,
      }),
    );
  });
  if (faults.length > 0) throw new Rejected(faults);
  const populations = net.populations.map((p): Population => {
    if (p.model.kind === "membrane") return { ...p, ...firing };
    return p.model.kind === "sum" ? { ...p, ...reading } : p;
  });
  const projections: readonly Projection[] = splits.flatMap((s) => s.projections);
  return { populations, projections };
};
