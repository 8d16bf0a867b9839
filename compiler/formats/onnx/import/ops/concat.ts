import type { TensorNode } from "../../../../ir/tensor/index.ts";
import { intOf } from "../attributes.ts";
import {
  type Importer,
  refuseForm,
  type Site,
  valueAt,
  weightAt,
  wrongAttribute,
  wrongBatch,
} from "../site.ts";
import { axisFrom, computed, wholeShape } from "../value.ts";
import { reshapedWeight } from "../weights.ts";

const partAt = (site: Site, index: number): TensorNode => {
  const value = valueAt(site, index);
  if (value.kind === "computed") return value.node;
  const w = weightAt(site, index);
  if (w.shape[0] !== 1) return wrongBatch(site, `part ${index + 1} is a constant of [${w.shape.join(", ")}]`);
  return site.make("constant", [], {
    value: site.derive(w, "sample", (from) => reshapedWeight(from, from.shape.slice(1))),
  });
};

export const concat: Importer = {
  inputs: [1, 1024],
  attributes: ["axis"],
  run: (site) => {
    if (site.inputs.every((value) => value?.kind === "constant"))
      return refuseForm(site, "all parts are constants", "store the joined tensor as one initializer");
    const { length } = wholeShape(valueAt(site, 0));
    const stated = intOf(site, "axis", 1);
    const axis =
      axisFrom(stated, length) ??
      wrongAttribute(site, "axis", `it is ${stated}, the parts have ${length} axes`);
    if (axis === 0) return wrongBatch(site, "axis is 0, so samples are joined to a larger batch");
    const parts = site.inputs.map((_, i) => partAt(site, i));
    return computed(site.make("concat", parts, { axis: axis - 1 }));
  },
};
