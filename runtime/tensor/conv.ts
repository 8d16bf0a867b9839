import {
  type NodeOf,
  type Numbers,
  perGraph,
  sizeOf,
  spreadOver,
  valuesOf,
} from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { asIndex } from "../kernels/as-index.ts";
import { addProducts, type Rows } from "../kernels/products.ts";
import { type Windows, windowsOf } from "../kernels/windows.ts";

type Conv = NodeOf<Tensor, "conv">;

const windowsOfConv = perGraph(({ attrs, inputs: [x], type }: Conv) =>
  windowsOf(x.type.shape.slice(1), type.shape.slice(1), attrs.weight.shape.slice(2), attrs),
);

/** One group: rows of weights over maps of `inner` numbers that begin at `from`, results from `to` on. */
interface Group {
  readonly matrix: Rows;
  readonly from: number;
  readonly inner: number;
  readonly to: number;
}

/** Copies what the windows from `place` on read, padding as 0, window by window; as many as `patches` holds. */
const gather = (
  { taps, at }: Windows,
  place: number,
  x: Float64Array,
  group: Group,
  patches: Float64Array,
): void => {
  const { from, inner, matrix } = group;
  const stop = from + (matrix.columns / taps) * inner;
  let put = 0;
  for (let first = place * taps; put < patches.length; first += taps) {
    for (let map = from; map < stop; map += inner) {
      for (let t = first; t < first + taps; t++) {
        const position = at[t] ?? -1;
        patches[put++] = position < 0 ? 0 : (x[map + position] ?? 0);
      }
    }
  }
};

/** Windows that are multiplied at a time, so that their patches stay in a cache. */
const block = 32;

/** A matrix product on the patches of some windows at a time. */
const byPatches = (windows: Windows, group: Group, x: Float64Array, y: Float64Array): void => {
  const { places } = windows;
  const { columns } = group.matrix;
  const patches = new Float64Array(Math.min(block, places) * columns);
  for (let place = 0; place < places; place += block) {
    const count = Math.min(block, places - place);
    const values = patches.subarray(0, count * columns);
    gather(windows, place, x, group, values);
    addProducts(
      group.matrix,
      { values, first: 0, count },
      { values: y, at: group.to + place, row: places, vector: 1 },
    );
  }
};

/** For the few rows of a depthwise group copying costs more than it saves. */
const direct = ({ places, taps, at }: Windows, group: Group, x: Float64Array, y: Float64Array): void => {
  const { values, first, rows, columns } = group.matrix;
  for (let r = 0; r < rows; r++) {
    const row = first + r * columns;
    for (let p = 0; p < places; p++) {
      let sum = 0;
      for (let w = row, map = group.from; w < row + columns; w += taps, map += group.inner) {
        for (let t = 0; t < taps; t++) {
          const position = at[p * taps + t] ?? -1;
          if (position >= 0) sum += (values[w + t] ?? 0) * (x[map + position] ?? 0);
        }
      }
      const to = group.to + r * places + p;
      y[to] = (y[to] ?? 0) + sum;
    }
  }
};

/**
 * y[o, p] = b[o] + sum_{i, t} W[o, i, t] x[g(o) + i, s p + d t - pad]; the sum begins at 0 and runs over channels,
 * then taps.
 */
export const conv = (node: Conv, x: Numbers): Numbers => {
  const { weight, bias, groups } = node.attrs;
  const { shape } = node.type;
  const windows = windowsOfConv(node);
  const { places, taps } = windows;
  const [channels = 0, inPerGroup = 0] = weight.shape;
  const rows = asIndex(channels / groups);
  const columns = asIndex(inPerGroup * taps);
  const inner = asIndex(sizeOf(x.shape.slice(1)));
  const data = new Float64Array(channels * places);
  if (bias !== null) spreadOver(data, valuesOf(bias));
  const run = rows < 4 ? direct : byPatches;
  for (let g = 0; g < groups; g++) {
    const matrix: Rows = { values: valuesOf(weight), first: g * rows * columns, rows, columns };
    const group: Group = {
      matrix,
      from: asIndex(g * inPerGroup * inner),
      inner,
      to: asIndex(g * rows * places),
    };
    run(windows, group, x.data, data);
  }
  return { shape, data };
};
