import { type NodeOf, type Numbers, perGraph, type Shape, sizeOf } from "../../compiler/ir/core/index.ts";
import { type Sliding, slide } from "../../compiler/ir/linear/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { maxOfWindows } from "../kernels/max-pool.ts";
import { windowsOf } from "../kernels/windows.ts";

type Pool = NodeOf<Tensor, "maxPool" | "averagePool">;

const windowsOfPool = perGraph(({ attrs, inputs: [x], type }: Pool) =>
  windowsOf(x.type.shape.slice(1), type.shape.slice(1), attrs.kernel, attrs),
);

export const maxPool = (node: NodeOf<Tensor, "maxPool">, x: Numbers): Numbers =>
  maxOfWindows(x, node.type.shape, windowsOfPool(node));

/** How many positions each window covers of an extent that begins `before` ahead of the map. */
const covered = (from: Shape, to: Shape, kernel: Shape, sliding: Sliding): Float64Array => {
  const counts = new Float64Array(sizeOf(to));
  slide(from, to, kernel, sliding, (outer) => {
    counts[outer] = (counts[outer] ?? 0) + 1;
  });
  return counts;
};

/** Divisor of each window: what it covers of the map, or of the padded map; the overhang of `ceil` never counts. */
const divisorsOf = perGraph(({ attrs, inputs: [x], type }: NodeOf<Tensor, "averagePool">) => {
  const from = x.type.shape.slice(1);
  const to = type.shape.slice(1);
  if (!attrs.countPads) return covered(from, to, attrs.kernel, attrs);
  const padded = from.map((extent, axis) => {
    const [before, after] = attrs.pads[axis] ?? [0, 0];
    return before + extent + after;
  });
  return covered(padded, to, attrs.kernel, { ...attrs, pads: [] });
});

export const averagePool = (node: NodeOf<Tensor, "averagePool">, x: Numbers): Numbers => {
  const { shape } = node.type;
  const { places, taps, at } = windowsOfPool(node);
  const divisors = divisorsOf(node);
  const data = new Float64Array(sizeOf(shape));
  const inner = sizeOf(x.shape.slice(1));
  for (let i = 0; i < data.length; i++) {
    const place = i % places;
    const first = Math.floor(i / places) * inner;
    let sum = 0;
    for (let t = 0; t < taps; t++) {
      const position = at[place * taps + t] ?? -1;
      if (position >= 0) sum += x.data[first + position] ?? 0;
    }
    data[i] = sum / (divisors[place] ?? 1);
  }
  return { shape, data };
};
