import { item, type Shape, sizeOf } from "../core/index.ts";
import type { Sliding } from "./linear-map.ts";

/** Positions of one side of a sliding window, put into classes that meet the same taps of the kernel. */
export interface Pattern {
  /** Class of every flat position. */
  readonly classOf: Int32Array;
  /** Flat taps of every class, rising. */
  readonly taps: readonly (readonly number[])[];
}

/** Both sides of a sliding window: `outer` positions write, `inner` positions are read. */
export interface Patterns {
  readonly outer: Pattern;
  readonly inner: Pattern;
}

interface AxisMasks {
  readonly outer: readonly (readonly number[])[];
  readonly inner: readonly (readonly number[])[];
}

const axisMasks = (from: number, to: number, kernel: number, axis: number, s: Sliding): AxisMasks => {
  const outer = Array.from({ length: to }, (): number[] => []);
  const inner = Array.from({ length: from }, (): number[] => []);
  const [stride, dilation] = [s.strides[axis] ?? 1, s.dilations[axis] ?? 1];
  const before = s.pads[axis]?.[0] ?? 0;
  for (let p = 0; p < to; p++)
    for (let k = 0; k < kernel; k++) {
      const x = p * stride + k * dilation - before;
      if (x < 0 || x >= from) continue;
      outer[p]?.push(k);
      inner[x]?.push(k);
    }
  return { outer, inner };
};

/** Classes of one axis: equal masks share a number. */
const classesOf = (masks: readonly (readonly number[])[]) => {
  const numbers = new Map<string, number>();
  const distinct: (readonly number[])[] = [];
  const classes = masks.map((mask) => {
    const key = mask.join(",");
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, distinct.length);
    distinct.push(mask);
    return distinct.length - 1;
  });
  return { classes, distinct };
};

/** All axes together: a position meets the product of what its coordinates meet. */
const joined = (masks: readonly (readonly (readonly number[])[])[], kernel: Shape): Pattern => {
  let classes = Int32Array.of(0);
  let taps: readonly (readonly number[])[] = [[0]];
  masks.forEach((axisMask, axis) => {
    const { classes: own, distinct } = classesOf(axisMask);
    const width = item(kernel, axis);
    const wider = new Int32Array(classes.length * own.length);
    classes.forEach((c, i) => {
      own.forEach((o, j) => {
        wider[i * own.length + j] = c * distinct.length + o;
      });
    });
    classes = wider;
    taps = taps.flatMap((t) => distinct.map((mask) => t.flatMap((at) => mask.map((k) => at * width + k))));
  });
  return { classOf: classes, taps };
};

/** Classes of the positions of a sliding window over `from`, `to` spatial extents. */
export const patternsOf = (from: Shape, to: Shape, kernel: Shape, s: Sliding): Patterns => {
  const axes = kernel.map((k, axis) => axisMasks(item(from, axis), item(to, axis), k, axis, s));
  const patterns = {
    outer: joined(
      axes.map((a) => a.outer),
      kernel,
    ),
    inner: joined(
      axes.map((a) => a.inner),
      kernel,
    ),
  };
  if (patterns.outer.classOf.length !== sizeOf(to)) throw new Error("a window has as many axes as its map");
  return patterns;
};
