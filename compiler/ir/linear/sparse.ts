import { integers, item, type Shape, type Weight } from "../core/index.ts";
import type { LinearMap, MapOf } from "./linear-map.ts";
import { type Rows, rowsOf } from "./synapses.ts";

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

/** Source of every synapse. */
export const columnsOf = ({ sources, offsets, target }: Rows): Float64Array => {
  const column = new Float64Array(target.length);
  for (let s = 0; s < sources; s++) column.fill(s, item(offsets, s), item(offsets, s + 1));
  return column;
};

/** A map as the list of its synapses, each with a weight made of its own and of its target: a whole one, if `make` is left out. */
export const listed = (
  map: LinearMap,
  change: (weight: number, target: number) => number,
  make: (name: string, shape: Shape, data: Float64Array) => Weight = integers,
): LinearMap => {
  const rows = rowsOf(map);
  const { target, weight } = rows;
  const changed = weight.map((w, i) => change(w, target[i] ?? 0));
  return sparse(
    map.from,
    map.to,
    { row: target, column: columnsOf(rows) },
    make("weight", [changed.length], changed),
  );
};
