import { integers, item, type Shape, type Weight } from "../core/index.ts";
import type { LinearMap, MapOf } from "./linear-map.ts";
import { rowsOf } from "./synapses.ts";

/** Places of synapses, sorted by (column, row): `row` is the target, `column` the source. */
export interface Places {
  readonly row: ArrayLike<number>;
  readonly column: ArrayLike<number>;
}

const indices = (name: string, list: ArrayLike<number>): Weight =>
  integers(name, [list.length], Float64Array.from(list));

/** A map from its synapses; `name` is put before the names of its lists. */
export const sparse = (
  from: Shape,
  to: Shape,
  { row, column }: Places,
  weight: Weight,
  name = "",
): MapOf<"sparse"> => ({
  kind: "sparse",
  from,
  to,
  row: indices(`${name}row`, row),
  column: indices(`${name}column`, column),
  weight,
});

/** A map as the list of its synapses, each with a whole weight made of its own and of its target. */
export const listed = (map: LinearMap, change: (weight: number, target: number) => number): LinearMap => {
  const { offsets, target, weight, sources } = rowsOf(map);
  const column = new Float64Array(target.length);
  for (let s = 0; s < sources; s++) column.fill(s, item(offsets, s), item(offsets, s + 1));
  const changed = weight.map((w, i) => change(w, target[i] ?? 0));
  return sparse(map.from, map.to, { row: target, column }, integers("weight", [changed.length], changed));
};
