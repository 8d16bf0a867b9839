import { intsOf } from "../attributes.ts";
import { settled, whole } from "../forms.ts";
import { type Importer, type Site, valueAt, wrongAttribute } from "../site.ts";
import { constant, type Value, wholeShape } from "../value.ts";
import { transposedWeight } from "../weights.ts";

/** Without perm: all axes in reverse. */
const orderOf = (site: Site, rank: number): readonly number[] => {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const order = intsOf(site, "perm") ?? axes.toReversed();
  if (order.length === rank && axes.every((axis) => order.includes(axis))) return order;
  return wrongAttribute(site, "perm", `[${order.join(", ")}] does not permute ${rank} axes`);
};

/** Axis k of the result is axis order[k] of the value. */
export const transposed = (site: Site, value: Value, order: readonly number[]): Value => {
  if (order.every((axis, k) => axis === k)) return value;
  if (value.kind === "constant") {
    const recipe = `order ${order.join(" ")}`;
    return constant(
      site.derive(value.weight, recipe, (w) => transposedWeight(w, order)),
      value.element,
    );
  }
  if (value.lead && order[0] === 0) {
    const own = order.slice(1).map((axis) => axis - 1);
    return { ...value, node: site.make("transpose", [value.node], { order: own }) };
  }
  return settled(site, site.make("transpose", [whole(site, value)], { order }), value.element);
};

export const transpose: Importer = {
  inputs: [1, 1],
  attributes: ["perm"],
  run: (site) => {
    const value = valueAt(site, 0);
    return transposed(site, value, orderOf(site, wholeShape(value).length));
  },
};
