import { type Attr, type Shape, schema, type Weight } from "../core/index.ts";

const { int, lazy, list, or, pair, perAxis, variant, weight } = schema;

interface Ends {
  readonly from: Shape;
  readonly to: Shape;
}

/** Spatial parameters; axes that are left out have stride 1, dilation 1 and no padding. */
export interface Sliding {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly (readonly [number, number])[];
}

/** y = A x with A never written out. */
export type LinearMap = Ends &
  (
    | { readonly kind: "dense" /** [to, from] */; readonly weight: Weight }
    | (Sliding & {
        readonly kind: "conv" /** [Co, Ci / groups, k...]; depthwise: groups = Ci */;
        readonly weight: Weight;
        readonly groups: number;
      })
    | (Sliding & { readonly kind: "windows" /** sum over a window, per channel */; readonly kernel: Shape })
    | {
        readonly kind: "sparse" /** triples sorted by (column, row) */;
        readonly row: Weight;
        readonly column: Weight;
        readonly weight: Weight;
      }
    | { readonly kind: "diagonal" /** [from], or one per channel */; readonly weight: Weight }
    | {
        readonly kind: "view" /** y[i...] = x[start + sum_k strides_k i_k] */;
        readonly start: number;
        readonly strides: readonly number[];
      }
    | { readonly kind: "adjoint"; readonly of: LinearMap }
    | { readonly kind: "chain" /** first map first */; readonly maps: readonly LinearMap[] }
  );

const ends = { from: list(int), to: list(int) };
const sliding = { strides: perAxis(int), dilations: perAxis(int), pads: perAxis(pair) };

const cases = variant({
  dense: { ...ends, weight },
  conv: { ...ends, weight, ...sliding, groups: or(int, 1) },
  windows: { ...ends, kernel: list(int), ...sliding },
  sparse: { ...ends, row: weight, column: weight, weight },
  diagonal: { ...ends, weight },
  view: { ...ends, start: or(int, 0), strides: list(int) },
  adjoint: { ...ends, of: lazy("a linear map", (): Attr<LinearMap> => linearMap) },
  chain: { ...ends, maps: list(lazy("a linear map", (): Attr<LinearMap> => linearMap)) },
});

/** The schema of `LinearMap`. */
export const linearMap: Attr<LinearMap> = cases;

export type MapOf<K extends LinearMap["kind"]> = Extract<LinearMap, { readonly kind: K }>;
