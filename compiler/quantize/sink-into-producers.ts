/**
 * Moves an affine map into what makes its value; the function stays the same. The value must have no other reader.
 *
 * affine(conv(x), g, h) = conv(x, g W, g b + h)     affine(add(x, y), g, h) = add(affine(x, g, h), affine(y, g))
 * affine(relu(x), g)    = relu(affine(x, g))        affine(affine(x, f), g) = affine(x, f g)
 *
 * What cannot move stays: behind another activation it is part of the neuron's function, in front of an `add` it becomes
 * the weight of the identity branch.
 */
import { floats, item, type Site, sizeOf, valuesOf, type Weight } from "../ir/core/index.ts";
import type { Tensor, TensorNode } from "../ir/tensor/index.ts";
import { entryAt } from "./entries.ts";
import { type Gains, type NodeNamed, perChannel, productOf, type Rule, scaledWeight } from "./gains.ts";
import { nameOf } from "./readers.ts";

interface Affine {
  readonly gains: Gains;
  readonly shift: Weight | null;
}

/** gains shift + more, where each shift may be missing. */
const shifted = (shift: Weight | null, gains: Gains, more: Weight | null, name: string): Weight | null => {
  if (shift === null && more === null) return null;
  const a = shift === null ? new Float64Array(1) : productOf(valuesOf(shift), gains);
  const b = more === null ? new Float64Array(1) : valuesOf(more);
  const length = Math.max(a.length, b.length);
  const values = Float64Array.from({ length }, (_, i) => entryAt(a, length, i) + entryAt(b, length, i));
  return floats(shift?.name ?? more?.name ?? name, [length], values);
};

const intoRows = (
  value: NodeNamed<"conv"> | NodeNamed<"dense">,
  map: Affine,
  site: Site<Tensor>,
): TensorNode | null => {
  const { weight, bias } = value.attrs;
  const { shape } = value.type;
  const gains = perChannel(map.gains, shape);
  const moved = map.shift === null ? null : perChannel(valuesOf(map.shift), shape);
  const placed = map.shift === null || moved !== null;
  if (weight.grid !== null || gains === null || !placed || (value.op === "dense" && shape.length !== 1))
    return null;
  const row = sizeOf(weight.shape.slice(1));
  const shift = moved === null ? null : floats(map.shift?.name ?? "shift", [moved.length], moved);
  const changed = {
    weight: scaledWeight(weight, (i) => item(gains, Math.floor(i / row))),
    bias: shifted(bias, gains, shift, `${nameOf(value)}.bias`),
  };
  if (value.op === "dense") return site.make("dense", value.inputs, changed, value.origins);
  return site.make("conv", value.inputs, { ...value.attrs, ...changed }, value.origins);
};

const intoValue = (value: TensorNode, map: Affine, site: Site<Tensor>): TensorNode | null => {
  if (value.op === "affine" && value.attrs.scale.grid === null) {
    const gains = productOf(valuesOf(value.attrs.scale), map.gains);
    return above(
      value.inputs[0],
      { gains, shift: shifted(value.attrs.shift, map.gains, map.shift, "shift") },
      site,
    );
  }
  if (site.uses(value) > 1) return null;
  switch (value.op) {
    case "unary": {
      const { kind } = value.attrs.fn;
      const scales =
        (kind === "relu" || kind === "leakyRelu") && map.shift === null && map.gains.every((g) => g > 0);
      return scales
        ? site.make("unary", [above(value.inputs[0], map, site)], value.attrs, value.origins)
        : null;
    }
    case "conv":
    case "dense":
      return intoRows(value, map, site);
    case "add": {
      const summands = value.inputs.map((x, i) => above(x, i === 0 ? map : { ...map, shift: null }, site));
      return site.make("add", summands, {}, value.origins);
    }
    default:
      return null;
  }
};

/** The map above a value: inside what makes the value where that is possible, else as a node. */
const above = (value: TensorNode, map: Affine, site: Site<Tensor>): TensorNode => {
  const { gains, shift } = map;
  if (gains.every((g) => g === 1) && shift === null) return value;
  const found = intoValue(value, map, site);
  if (found !== null) return found;
  const scale = floats(`${nameOf(value)}.gain`, [gains.length], gains);
  return site.make("affine", [value], { scale, shift }, value.origins);
};

const intoProducers: Rule<"affine"> = (node, site) =>
  node.attrs.scale.grid === null
    ? intoValue(node.inputs[0], { gains: valuesOf(node.attrs.scale), shift: node.attrs.shift }, site)
    : null;

/** The rule, by the op of the affine map. */
export const producerRules = { affine: intoProducers };
