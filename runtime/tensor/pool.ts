import { type NodeOf, type Numbers, perGraph, sizeOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { asIndex } from "../kernels/as-index.ts";
import { maxOfWindows } from "../kernels/max-pool.ts";
import { type Windows, windowsOf } from "../kernels/windows.ts";

type Pool = NodeOf<Tensor, "maxPool" | "averagePool">;

const windowsOfPool = perGraph(({ attrs, inputs: [x], type }: Pool) =>
  windowsOf(x.type.shape.slice(1), type.shape.slice(1), attrs.kernel, attrs),
);

export const maxPool = (node: NodeOf<Tensor, "maxPool">, x: Numbers): Numbers =>
  maxOfWindows(x, node.type.shape, windowsOfPool(node));

/** How many positions each window covers. */
const covered = ({ places, taps, at }: Windows): Float64Array => {
  const counts = new Float64Array(places);
  at.forEach((position, i) => {
    const place = Math.floor(i / taps);
    if (position >= 0) counts[place] = (counts[place] ?? 0) + 1;
  });
  return counts;
};

/** Divisor of each window: what it covers of the map, or of the padded map; the overhang of `ceil` never counts. */
const divisorsOf = perGraph((node: NodeOf<Tensor, "averagePool">) => {
  const { attrs, inputs, type } = node;
  if (!attrs.countPads) return covered(windowsOfPool(node));
  const from = inputs[0].type.shape.slice(1);
  const padded = from.map((extent, axis) => {
    const [before, after] = attrs.pads[axis] ?? [0, 0];
    return before + extent + after;
  });
  return covered(windowsOf(padded, type.shape.slice(1), attrs.kernel, { ...attrs, pads: [] }));
});

export const averagePool = (node: NodeOf<Tensor, "averagePool">, x: Numbers): Numbers => {
  const { shape } = node.type;
  const { places, taps, at } = windowsOfPool(node);
  const divisors = divisorsOf(node);
  const data = new Float64Array(sizeOf(shape));
  const inner = asIndex(sizeOf(x.shape.slice(1)));
  for (let put = 0, map = 0; put < data.length; map += inner) {
    for (let p = 0; p < places; p++) {
      let sum = 0;
      for (let t = p * taps; t < (p + 1) * taps; t++) {
        const position = at[t] ?? -1;
        if (position >= 0) sum += x.data[map + position] ?? 0;
      }
      data[put++] = sum / (divisors[p] ?? 1);
    }
  }
  return { shape, data };
};
