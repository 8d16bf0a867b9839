import { item, sizeOf } from "../../../../ir/core/index.ts";
import { intOf } from "../attributes.ts";
import { computedAt, type Importer, wrongAttribute, wrongBatch } from "../site.ts";
import { axisFrom, computed } from "../value.ts";

/** Along one axis since opset 13 (the last by default); over all axes from `axis` on (1 by default) before. */
export const softmax: Importer = {
  inputs: [1, 1],
  attributes: ["axis"],
  run: (site) => {
    const x = computedAt(site, 0);
    const { shape } = x.type;
    const rank = shape.length + 1;
    const stated = intOf(site, "axis", site.opset >= 13 ? -1 : 1);
    const axis =
      axisFrom(stated, rank) ?? wrongAttribute(site, "axis", `it is ${stated}, the input has ${rank} axes`);
    if (axis === 0) return wrongBatch(site, "axis is 0, so samples are compared with each other");
    const own = axis - 1;
    const single = site.opset >= 13 || sizeOf(shape.slice(own)) === item(shape, own);
    if (single) return computed(site.make("softmax", [x], { axis: own }));
    const rows = [...shape.slice(0, own), sizeOf(shape.slice(own))];
    const flat = site.make("reshape", [x], { shape: rows });
    const soft = site.make("softmax", [flat], { axis: own });
    return computed(site.make("reshape", [soft], { shape }));
  },
};
