import { integers, item, sizeOf, stridesOf } from "../ir/core/index.ts";
import { makeInteger } from "../ir/integer/index.ts";
import { type LinearMap, reshaped, sliced, transposed } from "../ir/linear/index.ts";
import { paddedPositions } from "../ir/tensor/index.ts";
import { entryAt, pickedBy } from "./entries.ts";
import { indexMap, weightedMap } from "./index-maps.ts";
import { type IntegerValue, type Lower, refuse, silent } from "./integer-values.ts";
import { valueThrough } from "./terms.ts";

export const lowerReshape: Lower<"reshape"> = (node, of) => {
  const from = node.inputs[0].type.shape;
  const { shape } = node.type;
  const mapping = { map: reshaped(from, shape), divisor: 1, keeps: from[0] === shape[0] };
  return valueThrough(node, of(node.inputs[0]), mapping);
};

export const lowerTranspose: Lower<"transpose"> = (node, of) => {
  const { order } = node.attrs;
  const map = transposed(node.inputs[0].type.shape, order);
  return valueThrough(node, of(node.inputs[0]), { map, divisor: 1, keeps: order[0] === 0 });
};

export const lowerSlice: Lower<"slice"> = (node, of) => {
  const { starts, sizes, steps } = node.attrs;
  const from = node.inputs[0].type.shape;
  const strides = stridesOf(from);
  const plain = sliced(from, starts, sizes);
  const stepped: LinearMap =
    plain.kind === "view" ? { ...plain, strides: strides.map((s, axis) => s * (steps[axis] ?? 1)) } : plain;
  const keeps = starts[0] === 0 && sizes[0] === from[0];
  return valueThrough(node, of(node.inputs[0]), { map: stepped, divisor: 1, keeps });
};

/** Strides of a broadcast value: an axis that is repeated, or added in front, does not move. */
export const lowerExpand: Lower<"expand"> = (node, of) => {
  const from = node.inputs[0].type.shape;
  const { shape } = node.type;
  const added = shape.length - from.length;
  const strides = shape.map((extent, axis) => {
    const own = axis - added;
    return own < 0 || (from[own] === 1 && extent !== 1) ? 0 : item(stridesOf(from), own);
  });
  const map: LinearMap = { kind: "view", from, to: shape, start: 0, strides };
  return valueThrough(node, of(node.inputs[0]), {
    map,
    divisor: 1,
    keeps: added === 0 && from[0] === shape[0],
  });
};

/** What a map leaves out is 0, or the zero point of levels; another constant must be a whole number of units. */
const withConstant = (value: IntegerValue, map: LinearMap, constant: number): IntegerValue | null => {
  const shift = value.kind === "levels" ? value.zero : 0;
  if (constant === shift) return value;
  if (value.kind !== "lattice" && value.kind !== "levels") return null;
  const { shape } = value.node.type;
  const reads = new Uint8Array(sizeOf(shape));
  for (const t of map.kind === "sparse" ? map.row.stored() : []) reads[t] = 1;
  const scale = value.kind === "lattice" ? value.scale : [1];
  const units = Float64Array.from(reads, (read, i) =>
    read === 1 ? 0 : (constant - shift) / entryAt(scale, reads.length, i),
  );
  const whole = units.map((u) => Math.floor(u + 0.5));
  if (units.some((u, i) => Math.abs(u - (whole[i] ?? 0)) > 1e-9 * Math.max(1, Math.abs(u)))) return null;
  const bias = integers("pad", [whole.length], whole);
  const attrs = { map: reshaped(shape, shape), bias, scale: value.node.type.scale };
  return { ...value, node: makeInteger("linear", [value.node], attrs, value.node.origins) };
};

export const lowerPad: Lower<"pad"> = (node, of) => {
  const { pads, mode, value: constant } = node.attrs;
  const from = node.inputs[0].type.shape;
  const positions = from.map((extent, axis) => paddedPositions(extent, item(pads, axis), mode));
  const map = indexMap(from, node.type.shape, positions);
  const keeps = pads[0]?.[0] === 0 && pads[0][1] === 0;
  const before = of(node.inputs[0]);
  if (before.kind === "refused") return silent;
  const whole = pickedBy(map) !== null;
  // Levels count from their zero point, so what a map leaves out is that, not level 0.
  const moved = valueThrough(
    node,
    before.kind === "levels" && !whole ? { ...before, kind: "lattice", rest: null } : before,
    {
      map,
      divisor: 1,
      keeps,
    },
  );
  if (whole) return moved;
  const back: IntegerValue =
    before.kind === "levels" && moved.kind === "lattice"
      ? { kind: "levels", node: moved.node, scale: before.scale, zero: before.zero }
      : moved;
  return (
    withConstant(back, map, constant) ??
    refuse(node, `its constant ${constant} is no whole number of levels`, "pad with zero")
  );
};

export const lowerResample: Lower<"resample"> = (node, of) => {
  const { axis, index, taps } = node.attrs;
  const from = node.inputs[0].type.shape;
  const found = weightedMap(from, axis, index, taps);
  if (found === null)
    return refuse(
      node,
      "its taps have no small common denominator",
      "resize by a whole factor, or to the nearest",
    );
  return valueThrough(node, of(node.inputs[0]), { ...found, keeps: axis !== 0 });
};
