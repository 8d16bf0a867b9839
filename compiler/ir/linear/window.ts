import { item, type Shape, sizeOf } from "../core/index.ts";
import type { Sliding } from "./linear-map.ts";

/**
 * Output extent of a sliding window: floor (or ceil) of (extent + pads - dilation (kernel - 1) - 1) / stride, + 1.
 * Below 1 when the window does not fit, or when a stride, dilation or kernel is below 1.
 */
export const slideExtent = (
  extent: number,
  kernel: number,
  axis: number,
  s: Sliding,
  ceil = false,
): number => {
  const [before, after] = s.pads[axis] ?? [0, 0];
  const [stride, dilation] = [s.strides[axis] ?? 1, s.dilations[axis] ?? 1];
  if (stride < 1 || dilation < 1 || kernel < 1) return 0;
  const steps = (extent + before + after - dilation * (kernel - 1) - 1) / stride;
  const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // A window of `ceil` that begins in the padding behind the map is dropped, as in ONNX.
  return ceil && (count - 1) * stride >= extent + before ? count - 1 : count;
};

/** Spatial extents after sliding `kernel` over `space`. */
export const slideShape = (space: Shape, kernel: Shape, s: Sliding, ceil = false): Shape =>
  space.map((extent, axis) => slideExtent(extent, item(kernel, axis), axis, s, ceil));

/** Calls `visit(outer, tap, inner)` with flat positions for every output position, kernel tap and input position inside the map. */
export const slide = (
  from: Shape,
  to: Shape,
  kernel: Shape,
  s: Sliding,
  visit: (outer: number, tap: number, inner: number) => void,
): void => {
  const taps = sizeOf(kernel);
  const places = sizeOf(to);
  const inner = perAxisPositions(from, to, kernel, s);
  for (let outer = 0; outer < places; outer++) {
    for (let tap = 0; tap < taps; tap++) {
      const at = inner(outer, tap);
      if (at >= 0) visit(outer, tap, at);
    }
  }
};

/** Flat input position for (output position, tap), or -1 outside the map. */
const perAxisPositions = (
  from: Shape,
  to: Shape,
  kernel: Shape,
  s: Sliding,
): ((outer: number, tap: number) => number) => {
  const rank = from.length;
  return (outer, tap) => {
    let at = 0;
    let scale = 1;
    let o = outer;
    let t = tap;
    for (let axis = rank - 1; axis >= 0; axis--) {
      const k = t % item(kernel, axis);
      const p = o % item(to, axis);
      t = Math.floor(t / item(kernel, axis));
      o = Math.floor(o / item(to, axis));
      const x = p * (s.strides[axis] ?? 1) + k * (s.dilations[axis] ?? 1) - (s.pads[axis]?.[0] ?? 0);
      if (x < 0 || x >= item(from, axis)) return -1;
      at += x * scale;
      scale *= item(from, axis);
    }
    return at;
  };
};
