import type { Holder, IndexSpace, SpaceMember } from "../../analysis/index.ts";
import {
  build,
  floats,
  item,
  type NodeOf,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
  transform,
  valuesOf,
  type Weight,
} from "../../ir/index.ts";
import { vectorFor, vectorOf } from "./weights.ts";

/** `factor` times what is at an old index. */
export interface Term {
  readonly index: number;
  readonly factor: number;
}

/** For every new index, what it is the sum of. */
export type Terms = readonly (readonly Term[])[];

/** New indices of one space. Rows and vectors follow `rows`; columns that read follow `columns`. */
export interface Regrouping {
  readonly space: IndexSpace;
  readonly rows: Terms;
  readonly columns: (reader: Weight) => Terms;
}

/** What else changes in the same step, in terms of the old graph. */
export interface Extras {
  /** Added to the bias of a linear layer, before it is regrouped. */
  readonly shifts: ReadonlyMap<TensorNode, Float64Array>;
  /** Numbers that replace a regrouped vector. */
  readonly vectors: ReadonlyMap<Weight, Float64Array>;
}

const noExtras: Extras = { shifts: new Map(), vectors: new Map() };

interface Change {
  readonly member: SpaceMember;
  readonly terms: Terms;
}

/** Sums slices along an axis: slice i of a member is `block` wide. */
const combine = (
  data: Float64Array,
  shape: Shape,
  { axis, block }: SpaceMember,
  terms: Terms,
): Float64Array => {
  const outer = sizeOf(shape.slice(0, axis));
  const width = block * sizeOf(shape.slice(axis + 1));
  const old = data.length / outer;
  const made = new Float64Array(outer * terms.length * width);
  for (let o = 0; o < outer; o++) {
    terms.forEach((sum, at) => {
      const put = (o * terms.length + at) * width;
      for (const { index, factor } of sum) {
        const from = o * old + index * width;
        for (let i = 0; i < width; i++) made[put + i] = (made[put + i] ?? 0) + factor * (data[from + i] ?? 0);
      }
    });
  }
  return made;
};

/** The changes of each value and weight, one per axis. */
const changesOf = (regroupings: readonly Regrouping[]): ReadonlyMap<Holder, readonly Change[]> => {
  const changes = new Map<Holder, readonly Change[]>();
  const isWeight = (holder: Holder): holder is Weight => "stored" in holder;
  for (const { space, rows, columns } of regroupings) {
    for (const member of space.members) {
      const { holder, role } = member;
      const terms = role === "consumer" && isWeight(holder) ? columns(holder) : rows;
      changes.set(holder, [...(changes.get(holder) ?? []), { member, terms }]);
    }
  }
  return changes;
};

interface Rebuild {
  readonly weight: (w: Weight) => Weight;
  readonly bias: (node: NodeOf<Tensor, "dense" | "conv">) => Weight | null;
  /** Extents of a value after its axes are regrouped. */
  readonly shape: (node: TensorNode) => Shape;
}

const rebuildWith = (changes: ReadonlyMap<Holder, readonly Change[]>, extras: Extras): Rebuild => {
  const made = new Map<Weight, Weight>();
  const changed = (w: Weight): Weight => {
    const replaced = extras.vectors.get(w);
    if (replaced !== undefined) return floats(w.name, [replaced.length], replaced);
    const list = changes.get(w) ?? [];
    if (list.length === 0) return w;
    let [data, shape]: [Float64Array, Shape] = [valuesOf(w), w.shape];
    for (const { member, terms } of list) {
      // Parameter vectors are flat lists, whatever their shape is.
      const from: Shape = member.role === "vector" ? [sizeOf(shape)] : shape;
      data = combine(data, from, member, terms);
      shape = from.map((extent, axis) => (axis === member.axis ? terms.length * member.block : extent));
    }
    return floats(w.name, shape, data);
  };
  const weight = (w: Weight): Weight => {
    const found = made.get(w) ?? changed(w);
    made.set(w, found);
    return found;
  };
  return {
    weight,
    bias: (node) => {
      const { bias, weight: w } = node.attrs;
      const shift = extras.shifts.get(node);
      if (shift === undefined) return bias === null ? null : weight(bias);
      const sum = vectorOf(bias, shift.length).map((b, o) => b + item(shift, o));
      const rows = (changes.get(w) ?? []).find(({ member }) => member.axis === 0);
      const data = rows === undefined ? sum : combine(sum, [sum.length], rows.member, rows.terms);
      return bias === null ? vectorFor(w, "bias", data) : floats(bias.name, [data.length], data);
    },
    shape: (node) =>
      node.type.shape.map((extent, axis) => {
        const change = (changes.get(node) ?? []).find(({ member }) => member.axis === axis);
        return change === undefined ? extent : change.terms.length * change.member.block;
      }),
  };
};

/** Attributes with regrouped weights, groups and shapes; null when the op holds none. */
const attrsOf = (
  node: TensorNode,
  inputs: readonly TensorNode[],
  { weight, bias, shape }: Rebuild,
): unknown => {
  switch (node.op) {
    case "dense":
      return { weight: weight(node.attrs.weight), bias: bias(node) };
    case "conv": {
      const groups =
        node.attrs.groups === 1
          ? 1
          : node.attrs.groups === node.inputs[0].type.shape[0]
            ? inputs[0]?.type.shape[0]
            : node.attrs.groups;
      return { ...node.attrs, weight: weight(node.attrs.weight), bias: bias(node), groups };
    }
    case "batchNorm": {
      const { scale, shift, mean, variance, epsilon } = node.attrs;
      return {
        scale: weight(scale),
        shift: weight(shift),
        mean: weight(mean),
        variance: weight(variance),
        epsilon,
      };
    }
    case "affine": {
      const { scale, shift } = node.attrs;
      return { scale: weight(scale), shift: shift === null ? null : weight(shift) };
    }
    case "reshape":
      return { shape: shape(node) };
    default:
      return node.attrs;
  }
};

/**
 * The network with new indices in some of its spaces. What each new index is made of is the caller's to justify;
 * this only keeps all members of a space in step.
 */
export const regroup = (
  graph: TensorGraph,
  regroupings: readonly Regrouping[],
  extras: Extras = noExtras,
): TensorGraph => {
  if (regroupings.length === 0 && extras.shifts.size === 0) return graph;
  const changes = changesOf(regroupings);
  const rebuild = rebuildWith(changes, extras);
  return transform(tensorLevel, graph, (node, inputs) => {
    const touched =
      changes.has(node) || extras.shifts.has(node) || inputs.some((x, i) => x !== node.inputs[i]);
    if (!touched || node.op === "input") return null;
    return build(tensorLevel, node.op, inputs, attrsOf(node, inputs, rebuild), node.origins);
  });
};
