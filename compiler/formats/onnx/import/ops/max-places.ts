import { item, type Shape, sizeOf, stridesOf, weight } from "../../../../ir/core/index.ts";
import type { Sliding, Window } from "../../../../ir/linear/index.ts";
import type { TensorNode } from "../../../../ir/tensor/index.ts";
import { type Site, spend } from "../site.ts";

/** Input position of tap k of window o on an axis; outside the map it is clamped, where a tie goes to the real place. */
const positionOf = (s: Sliding, axis: number, o: number, k: number): number =>
  o * (s.strides[axis] ?? 1) + k * (s.dilations[axis] ?? 1) - (s.pads[axis]?.[0] ?? 0);

const list = (shape: Shape, data: () => Float64Array, dtype: "i64" | "f32" = "i64") =>
  weight({ name: "places", shape, dtype, data });

/** Every window spread out along an axis: extent to extent' x taps. Padding reads the least value. */
const unfold = (site: Site, x: TensorNode, window: Window, axis: number, to: number): TensorNode => {
  const taps = item(window.kernel, axis);
  const extent = item(x.type.shape, axis + 1);
  const before = window.pads[axis]?.[0] ?? 0;
  const last = positionOf(window, axis, to - 1, taps - 1);
  const pads = x.type.shape.map((_, a): readonly [number, number] =>
    a === axis + 1 ? [before, Math.max(0, last - extent + 1)] : [0, 0],
  );
  const padded = site.make("pad", [x], { pads, value: -Infinity });
  const places = to * taps;
  spend(site, "elements", 2 * places);
  const index = (): Float64Array =>
    new Float64Array(places).map((_, i) => positionOf(window, axis, Math.floor(i / taps), i % taps) + before);
  const shape = [places, 1];
  const ones = list(shape, () => new Float64Array(places).fill(1), "f32");
  return site.make("resample", [padded], { axis: axis + 1, index: list(shape, index), taps: ones });
};

/** For each channel, window and tap: the place in the whole input, counted by rows or by columns. */
const placeTable = (from: Shape, to: Shape, window: Window, byColumns: boolean): Float64Array => {
  const space = from.slice(1);
  const strides = byColumns ? stridesOf([...space].reverse()).toReversed() : stridesOf(space);
  const taps = sizeOf(window.kernel);
  const inner = sizeOf(space);
  const windows = sizeOf(to);
  const [toStrides, tapStrides] = [stridesOf(to), stridesOf(window.kernel)];
  return new Float64Array(item(from, 0) * windows * taps).map((_, i) => {
    const [tap, o] = [i % taps, Math.floor(i / taps) % windows];
    const channel = Math.floor(i / (taps * windows));
    return space.reduce((sum, _extent, axis) => {
      const place = Math.floor(o / item(toStrides, axis)) % item(to, axis);
      const k = Math.floor(tap / item(tapStrides, axis)) % item(window.kernel, axis);
      return sum + positionOf(window, axis, place, k) * item(strides, axis);
    }, channel * inner);
  });
};

export interface Places {
  readonly from: Shape;
  readonly to: Shape;
  readonly window: Window;
  readonly byColumns: boolean;
}

/**
 * Where the greatest value of each window is, as ONNX's second output of MaxPool counts it for one sample of shape
 * `from`; samples share the table of places.
 */
export const maxPlaces = (
  site: Site,
  { from, to, window, byColumns }: Places,
): ((x: TensorNode) => TensorNode) => {
  const [channels = 1] = from;
  const { kernel } = window;
  const shape = [channels, ...to, sizeOf(kernel)];
  const axis = shape.length - 1;
  spend(site, "elements", sizeOf(shape));
  const table = site.make("constant", [], {
    value: list(shape, () => placeTable(from, to, window, byColumns)),
    dtype: "i64",
  });
  const axes = to.map((_, a) => 2 * a + 1);
  return (x) => {
    const spread = kernel.reduce((node, _, a) => unfold(site, node, window, a, item(to, a)), x);
    const split = site.make("reshape", [spread], {
      shape: [channels, ...to.flatMap((extent, a) => [extent, item(kernel, a)])],
    });
    const sorted = site.make("transpose", [split], { order: [0, ...axes, ...axes.map((a) => a + 1)] });
    const rows = site.make("reshape", [sorted], { shape });
    const best = site.make("argmax", [rows], { axis, keep: true });
    const found = site.make("gather", [table, best], { axis, mode: "elements" });
    return site.make("reshape", [found], { shape: [channels, ...to] });
  };
};
