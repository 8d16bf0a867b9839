import { demand, item, type Shape, sameShape, showShape } from "../core/index.ts";
import type { Sliding } from "./linear-map.ts";
import { slideShape } from "./window.ts";

/** Shape of values joined along an axis. Throws IllTyped when the axis or another extent does not fit. */
export const joinedShape = (shapes: readonly Shape[], axis: number): Shape => {
  const first = item(shapes, 0);
  const others = (shape: Shape): Shape => shape.filter((_, a) => a !== axis);
  demand(axis >= 0 && axis < first.length, () => `axis ${axis} is outside ${showShape(first)}`);
  for (const shape of shapes)
    demand(
      shape.length === first.length && sameShape(others(shape), others(first)),
      () => `cannot join ${showShape(first)} and ${showShape(shape)} on axis ${axis}`,
    );
  const extent = shapes.reduce((sum, shape) => sum + item(shape, axis), 0);
  return first.map((e, a) => (a === axis ? extent : e));
};

/** What a pooling window is made of. */
export interface Window extends Sliding {
  readonly kernel: Shape;
  readonly ceil: boolean;
}

/** Shape of [C, ...] after a pooling window. Throws IllTyped when the window does not fit. */
export const pooledShape = (from: Shape, window: Window): Shape => {
  const { kernel, ceil } = window;
  demand(
    kernel.length === from.length - 1,
    () => `a ${kernel.join("x")} window does not fit ${showShape(from)}`,
  );
  const space = slideShape(from.slice(1), kernel, window, ceil);
  demand(
    space.every((extent) => extent >= 1),
    () => `a ${kernel.join("x")} window does not fit into ${showShape(from)}`,
  );
  return [item(from, 0), ...space];
};
