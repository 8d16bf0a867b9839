import { item } from "../../../../ir/core/index.ts";
import { intOf } from "../attributes.ts";
import { axisOf, settledAs, viewAs, whole } from "../forms.ts";
import { type Importer, type Site, valueAt, wrongShape } from "../site.ts";
import { type Value, wholeShape } from "../value.ts";

/** Values one after the other along an axis of the whole shape. */
export const joined = (site: Site, values: readonly Value[], axis: number): Value => {
  const { element } = item(values, 0);
  const lead = axis > 0 && values.some((v) => v.kind === "computed" && v.lead);
  const parts = values.map((value) => {
    const node = whole(site, value);
    return lead ? viewAs(site, node, node.type.shape.slice(1)) : node;
  });
  return settledAs(site, site.make("concat", parts, { axis: lead ? axis - 1 : axis }), lead, element);
};

export const concat: Importer = {
  inputs: [1, 4096],
  attributes: ["axis"],
  run: (site) => {
    const values = site.inputs.map((_, i) => valueAt(site, i));
    const { length } = wholeShape(item(values, 0));
    if (values.some((value) => wholeShape(value).length !== length))
      return wrongShape(site, "parts of different rank are joined");
    return joined(site, values, axisOf(site, intOf(site, "axis", 1), length));
  },
};
