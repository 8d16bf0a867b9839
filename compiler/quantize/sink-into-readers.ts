/**
 * Moves affine maps of a value into the weights of what reads it; the function stays the same.
 *
 * conv(affine(x, g, h))  = conv(x, W g) + W h, without padding where there is h
 * dense(affine(x, g, h)) = dense(x, W g) + W h
 * maxPool(affine(x, g))  = affine(maxPool(x), g) for g > 0; averagePool, reshape, transpose, concat: alike
 */
import { floats, item, type Shape, sizeOf, stridesOf, valuesOf, type Weight } from "../ir/core/index.ts";
import { entryAt, perElementOf } from "./entries.ts";
import {
  affineParts,
  type Gains,
  multiplied,
  multiply,
  perChannel,
  type Rule,
  scaledWeight,
} from "./gains.ts";

/** b + W h, where `at` gives the h that entry i of the weights multiplies. */
const withShift = (
  weight: Weight,
  bias: Weight | null,
  at: ((i: number) => number) | null,
): Weight | null => {
  if (at === null) return bias;
  const rows = item(weight.shape, 0);
  const sums = bias === null ? new Float64Array(rows) : Float64Array.from(valuesOf(bias));
  const row = sizeOf(weight.shape) / rows;
  valuesOf(weight).forEach((w, i) => {
    const o = Math.floor(i / row);
    sums[o] = item(sums, o) + w * at(i);
  });
  return floats(bias?.name ?? `${weight.name}.bias`, [rows], sums);
};

const intoColumns: Rule<"conv"> = (node, { make }) => {
  const found = affineParts(node.inputs[0]);
  if (found === null) return null;
  const { weight, bias, groups, pads } = node.attrs;
  if (weight.grid !== null) return null;
  const gains = perChannel(found.gains, found.x.type.shape);
  const shift = perChannel(found.shift ?? new Float64Array(1), found.x.type.shape);
  const padded = pads.some(([before, after]) => before > 0 || after > 0);
  if (gains === null || shift === null || (found.shift !== null && padded)) return null;
  const [rows, columns] = [item(weight.shape, 0), item(weight.shape, 1)];
  const taps = sizeOf(weight.shape.slice(2));
  const channel = (i: number): number => {
    const group = Math.floor((Math.floor(i / (taps * columns)) * groups) / rows);
    return group * columns + (Math.floor(i / taps) % columns);
  };
  return make("conv", [found.x], {
    ...node.attrs,
    weight: scaledWeight(weight, (i) => item(gains, channel(i))),
    bias: withShift(weight, bias, found.shift === null ? null : (i) => item(shift, channel(i))),
  });
};

const intoDense: Rule<"dense"> = (node, { make }) => {
  const found = affineParts(node.inputs[0]);
  if (found === null) return null;
  const { weight, bias } = node.attrs;
  if (weight.grid !== null) return null;
  const { gains, shift } = found;
  const columns = item(weight.shape, 1);
  if (found.x.type.shape.length !== 1 && (gains.length !== 1 || (shift?.length ?? 1) !== 1)) return null;
  return make("dense", [found.x], {
    weight: scaledWeight(weight, (i) => entryAt(gains, columns, i % columns)),
    bias: withShift(weight, bias, shift === null ? null : (i) => entryAt(shift, columns, i % columns)),
  });
};

const behindMaxPool: Rule<"maxPool"> = (node, { make }) => {
  const found = multiplied(node.inputs[0]);
  const gains = found && perChannel(found.gains, found.x.type.shape);
  return found && gains && multiply(make, make("maxPool", [found.x], node.attrs), gains, found.name);
};

const behindAveragePool: Rule<"averagePool"> = (node, { make }) => {
  const found = multiplied(node.inputs[0]);
  const gains = found && perChannel(found.gains, found.x.type.shape);
  return found && gains && multiply(make, make("averagePool", [found.x], node.attrs), gains, found.name);
};

const behindReshape: Rule<"reshape"> = (node, { make }) => {
  const found = multiplied(node.inputs[0]);
  if (!found) return null;
  const keeps = found.gains.length === 1 || found.x.type.shape[0] === node.type.shape[0];
  const gains = keeps ? found.gains : perElementOf(found.gains, found.x.type.shape);
  return multiply(make, make("reshape", [found.x], node.attrs), gains, found.name);
};

const permuted = (gains: Gains, from: Shape, order: readonly number[]): Gains => {
  const to = order.map((axis) => item(from, axis));
  const [strides, back] = [stridesOf(from), stridesOf(to)];
  const source = (i: number): number =>
    order.reduce(
      (sum, axis, k) => sum + (Math.floor(i / item(back, k)) % item(to, k)) * item(strides, axis),
      0,
    );
  return gains.map((_, i) => item(gains, source(i)));
};

const behindTranspose: Rule<"transpose"> = (node, { make }) => {
  const found = multiplied(node.inputs[0]);
  if (!found) return null;
  const { shape } = found.x.type;
  const gains =
    found.gains.length === 1
      ? found.gains
      : permuted(perElementOf(found.gains, shape), shape, node.attrs.order);
  return multiply(make, make("transpose", [found.x], node.attrs), gains, found.name);
};

const behindConcat: Rule<"concat"> = (node, { make }) => {
  const parts = node.inputs.map(multiplied);
  const name = parts.find((p) => p !== null)?.name;
  if (name === undefined) return null;
  const { axis } = node.attrs;
  const whole = parts.map((p, i) =>
    perElementOf(p?.gains ?? Float64Array.of(1), item(node.inputs, i).type.shape),
  );
  const joined = make(
    "concat",
    node.inputs.map((x, i) => parts[i]?.x ?? x),
    node.attrs,
  );
  return multiply(
    make,
    joined,
    interleaved(
      whole,
      node.inputs.map((x) => x.type.shape),
      axis,
    ),
    name,
  );
};

/** Values of several parts in the order that joining them on `axis` gives. */
const interleaved = (parts: readonly Gains[], shapes: readonly Shape[], axis: number): Gains => {
  const outer = sizeOf(item(shapes, 0).slice(0, axis));
  const rows = Array.from({ length: outer }, (_, o) =>
    parts.flatMap((part) => [...part.subarray((o * part.length) / outer, ((o + 1) * part.length) / outer)]),
  );
  return Float64Array.from(rows.flat());
};

/** The rules, by the op of the reader. */
export const readerRules = {
  conv: intoColumns,
  dense: intoDense,
  maxPool: behindMaxPool,
  averagePool: behindAveragePool,
  reshape: behindReshape,
  transpose: behindTranspose,
  concat: behindConcat,
};
