import { item, sizeOf, type Weight, weight } from "../../../../ir/core/index.ts";
import { flagOf } from "../attributes.ts";
import { bounded, expandTo, onAxes, settledAs } from "../forms.ts";
import { type Importer, integersAt, type Site, spend, valueAt, wrongShape } from "../site.ts";
import { wholeShape } from "../value.ts";

/** 1 on and above diagonal `k` (`upper`), or on and below it. */
const triangle = (site: Site, rows: number, columns: number, k: number, upper: boolean): Weight => {
  const shape = bounded(site, [rows, columns]);
  spend(site, "elements", sizeOf(shape));
  const data = (): Float64Array =>
    new Float64Array(rows * columns).map((_, i) => {
      const right = (i % columns) - Math.floor(i / columns);
      return (upper ? right >= k : right <= k) ? 1 : 0;
    });
  return weight({ name: "triangle", shape, dtype: "bool", data });
};

/** The upper or lower triangle of each matrix, zeros elsewhere. */
export const trilu: Importer = {
  inputs: [1, 2],
  attributes: ["upper"],
  run: (site) => {
    const value = valueAt(site, 0);
    const shape = wholeShape(value);
    const { length } = shape;
    if (length < 2) return wrongShape(site, `its input has ${length} axes, a matrix is needed`);
    const [rows, columns] = [item(shape, length - 2), item(shape, length - 1)];
    const mask = triangle(site, rows, columns, integersAt(site, 1)?.[0] ?? 0, flagOf(site, "upper", true));
    const { node, lead } = onAxes(site, value, [length - 2, length - 1]);
    const picks = site.make("constant", [], { value: mask, dtype: "bool" });
    const zeros = weight({ name: "zero", shape: [], dtype: "f64", data: Float64Array.of(0) });
    const zero = site.make("constant", [], { value: zeros, dtype: node.type.dtype });
    const spread = [
      expandTo(site, picks, node.type.shape),
      node,
      expandTo(site, zero, node.type.shape),
    ] as const;
    return settledAs(site, site.make("select", spread, {}), lead, value.element);
  },
};
