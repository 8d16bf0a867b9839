import { intsOf } from "../attributes.ts";
import { type Importer, type Site, valueAt, wrongAttribute, wrongBatch } from "../site.ts";
import { computed, constant, wholeShape } from "../value.ts";
import { transposedWeight } from "../weights.ts";

/** Without perm: all axes in reverse. */
const orderOf = (site: Site, rank: number): readonly number[] => {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const order = intsOf(site, "perm") ?? axes.toReversed();
  if (order.length === rank && axes.every((axis) => order.includes(axis))) return order;
  return wrongAttribute(site, "perm", `[${order.join(", ")}] does not permute ${rank} axes`);
};

export const transpose: Importer = {
  inputs: [1, 1],
  attributes: ["perm"],
  run: (site) => {
    const value = valueAt(site, 0);
    const order = orderOf(site, wholeShape(value).length);
    if (value.kind === "constant")
      return constant(
        site.derive(value.weight, `order ${order.join(" ")}`, (w) => transposedWeight(w, order)),
      );
    if (order[0] !== 0) return wrongBatch(site, `perm [${order.join(", ")}] moves axis 0`);
    return computed(site.make("transpose", [value.node], { order: order.slice(1).map((axis) => axis - 1) }));
  },
};
