import type { Diagnostic } from "../diagnostics/index.ts";
import {
  type Arithmetic,
  fixed,
  floats,
  integers,
  type LinearMap,
  listed,
  type Membrane,
  type Population,
  type Projection,
  rowsOf,
  sizeOf,
  spreadTo,
  valuesOf,
  type Weight,
} from "../ir/index.ts";
import { nativeDiagnostics } from "./diagnostics.ts";
import { whereOf } from "./graph.ts";
import type { NativeNode } from "./network.ts";
import type { ProfileName } from "./profile.ts";

/**
 * Loihi's integers as Lava computes them (lava-nc/lava: src/lava/proc/lif/models.py): decays in parts of 4096, sums of
 * weights shifted left by 6, i wraps and v is clipped at 24 bits.
 */
export const chipArithmetic: Arithmetic = fixed(
  { decayBits: 12, accumulatorBits: 24, currentBits: 24, voltageBits: 24 },
  { weightShift: 6 },
);

/** v and thresholds are counted in units of weight times this. */
const shift = 64;
const parts = 4096;
/** Largest mantissas of a weight (Lava: 8 bits beside the sign) and of a threshold. */
export const usualWeight = 255;
const mostThreshold = 2 ** 17 - 1;

/** A population of the chip with what comes into it. */
export interface OnChip {
  readonly population: Population;
  readonly projections: readonly Projection[];
  /** Units of v for a voltage of 1. */
  readonly unit: number;
  readonly faults: readonly Diagnostic[];
}

const greatest = (values: Float64Array): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** A decay in whole parts of 4096; what is lost is rounded down, as Lava does. */
const wholeDecay = (decay: Weight): Weight =>
  floats(
    decay.name,
    decay.shape,
    valuesOf(decay).map((d) => 1 - Math.floor((1 - d) * parts + 1e-6) / parts),
  );

const scaled = (name: string, values: Float64Array, unit: number): Weight =>
  integers(
    name,
    [values.length],
    values.map((x) => Math.round(x * unit) * shift),
  );

/** A map times `factor` of its target, rounded to integers; other maps than dense ones and convolutions are listed. */
const roundedMap = (map: LinearMap, factor: Float64Array): LinearMap => {
  const inner = factor.length / (map.to[0] ?? 1);
  const perTarget = (w: Weight, of: (row: number) => number): Weight => {
    const row = w.stored().length / (w.shape[0] ?? 1);
    return integers(
      w.name,
      w.shape,
      valuesOf(w).map((x, i) => Math.round(x * of(Math.floor(i / row)))),
    );
  };
  if (map.kind === "dense") return { ...map, weight: perTarget(map.weight, (t) => factor[t] ?? 0) };
  const first = (channel: number): number => factor[channel * inner] ?? 0;
  if (map.kind === "conv" && factor.every((f, e) => f === first(Math.floor(e / inner))))
    return { ...map, weight: perTarget(map.weight, first) };
  return listed(map, (w, target) => Math.round(w * (factor[target] ?? 0)));
};

/** The finest resolution whose weights and thresholds fit their mantissas. */
const finest = (
  drive: Float64Array,
  model: Membrane,
  into: readonly Projection[],
  mostWeight: number,
): number => {
  let most = 0;
  for (const { map } of into) {
    const { target, weight } = rowsOf(map);
    for (let i = 0; i < weight.length; i++)
      most = Math.max(most, Math.abs((weight[i] ?? 0) * (drive[target[i] ?? 0] ?? 0)));
  }
  const threshold = model.threshold === null ? 0 : greatest(valuesOf(model.threshold));
  const limits = [
    most > 0 ? mostWeight / most : Infinity,
    threshold > 0 ? mostThreshold / threshold : Infinity,
  ];
  return Math.min(...limits, mostThreshold);
};

const resetFor = (reset: Membrane["reset"], unit: number): Membrane["reset"] =>
  reset.kind === "value" && reset.to !== null
    ? { kind: "value", to: scaled("v_reset", valuesOf(reset.to), unit) }
    : reset;

/** Bias of a neuron in its new unit: what came in, and the pull of its rest. */
const biasFor = (p: Population, model: Membrane, drive: Float64Array, unit: number): Weight | null => {
  if (p.bias === null && model.rest === null) return null;
  const [bias, rest, decay] = [p.bias, model.rest, model.decay].map((w) =>
    w === null ? new Float64Array(drive.length) : spreadTo(valuesOf(w), drive.length),
  );
  const total = drive.map((d, e) => d * (bias?.[e] ?? 0) + (1 - (decay?.[e] ?? 0)) * (rest?.[e] ?? 0));
  return scaled(`${p.id}_bias`, total, unit);
};

/** A real membrane and its projections in the integers of the chip. */
export const onChip = (
  node: NativeNode,
  profile: ProfileName,
  population: Population,
  model: Membrane,
  into: readonly Projection[],
  { resolution, mostWeight }: { readonly resolution: number | null; readonly mostWeight: number },
): OnChip => {
  const size = sizeOf(population.shape);
  const drive = spreadTo(model.drive === null ? Float64Array.of(1) : valuesOf(model.drive), size);
  const unit = resolution ?? finest(drive, model, into, mostWeight);
  const lacks = (what: string, value: string): Diagnostic =>
    nativeDiagnostics.report("integers-needed", whereOf(node), { profile, what, node: node.name, value });
  const chip: Membrane = {
    ...model,
    currentDecay: model.currentDecay === null ? null : wholeDecay(model.currentDecay),
    decay: wholeDecay(model.decay),
    drive: null,
    rest: null,
    threshold: model.threshold === null ? null : scaled("v_threshold", valuesOf(model.threshold), unit),
    reset: resetFor(model.reset, unit),
  };
  return {
    population: { ...population, model: chip, bias: biasFor(population, model, drive, unit) },
    projections: into.map((q) => ({
      ...q,
      map: roundedMap(
        q.map,
        drive.map((d) => d * unit),
      ),
    })),
    unit: unit * shift,
    faults: [
      ...(model.adaptation === null ? [] : [lacks("adaptation", "a threshold that decays")]),
      ...(model.rest !== null && model.biasOn === "current"
        ? [lacks("v_leak", "a rest behind a current")]
        : []),
    ],
  };
};
