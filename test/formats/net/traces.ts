import { item, type Shape } from "../../../compiler/ir/index.ts";
import { readFileBounded, readNpy } from "../../../runtime/files/index.ts";

export interface Steps {
  /** [steps, ...] in the order of our values. */
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Moves the axes of an array: the first axis of the result is axis `order[0]` of what is given. */
const reordered = (
  { shape, data }: { readonly shape: Shape; readonly data: ArrayLike<number> },
  order: readonly number[],
): Steps => {
  const to = order.map((axis) => item(shape, axis));
  const out = new Float64Array(data.length);
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    let at = 0;
    for (const axis of order) at = at * item(shape, axis) + item(index, axis);
    out[at] = data[i] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = item(index, axis) + 1;
      if (item(index, axis) < item(shape, axis)) break;
      index[axis] = 0;
    }
  }
  return { shape: to, data: out };
};

/** An array of a trace whose axes are x, y, channel, step (or neuron, step). */
export const stepsFirst = (path: string): Steps => {
  const array = readNpy(readFileBounded(path), path);
  return reordered(array, [...array.shape.keys()].reverse());
};

/** An image whose axes are x, y, channel, the same in each of `steps` steps. */
export const still = (path: string, steps: number): Steps => {
  const { shape, data } = readNpy(readFileBounded(path), path);
  const image = reordered({ shape: shape.slice(0, 3), data }, [2, 1, 0]);
  const all = new Float64Array(steps * image.data.length);
  for (let step = 0; step < steps; step++) all.set(image.data, step * image.data.length);
  return { shape: [steps, ...image.shape], data: all };
};

/** Steps from..to of an array. */
export const between = ({ shape, data }: Steps, from: number, to: number): Float64Array => {
  const size = data.length / item(shape, 0);
  return data.slice(from * size, to * size);
};

/** Steps 1.. of an array [1, channel, y, x, step]: nothing comes in at step 0, and the trace begins behind it. */
export const behindFirst = (path: string): Steps => {
  const { shape, data } = readNpy(readFileBounded(path), path);
  const steps = item(shape, 4);
  const size = data.length / steps;
  const moved = Float64Array.from({ length: (steps - 1) * size }, (_, i) =>
    item(data, (i % size) * steps + 1 + Math.floor(i / size)),
  );
  return { shape: [steps - 1, ...shape.slice(1, 4)], data: moved };
};

/** How many values differ. */
export const mismatches = (a: Float64Array, b: Float64Array): number => {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  return a.reduce((n, x, i) => (x === b[i] ? n : n + 1), 0);
};
