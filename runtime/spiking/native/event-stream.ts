import { type Numbers, type Shape, showShape, sizeOf } from "../../../compiler/ir/core/index.ts";

/** What an input gets in the course of a sample. Events of step t are offsets[t] <= i < offsets[t + 1]. */
export interface EventStream {
  readonly shape: Shape;
  readonly steps: number;
  readonly offsets: Int32Array;
  readonly element: Int32Array;
  /** Size of every event; null: 1. */
  readonly amount: Float64Array | null;
}

/** One event: element `element` gets `amount` in step `step`. */
export interface StreamEvent {
  readonly step: number;
  readonly element: number;
  readonly amount?: number;
}

/**
 * Events in any order; those of one step keep theirs, and equal ones add up. Throws RangeError when one lies outside of
 * the shape or the steps.
 */
export const eventStream = (shape: Shape, steps: number, events: readonly StreamEvent[]): EventStream => {
  const size = sizeOf(shape);
  const offsets = new Int32Array(steps + 1);
  for (const { step, element } of events) {
    if (!(step >= 0 && step < steps && element >= 0 && element < size))
      throw new RangeError(
        `event at step ${step}, element ${element} is outside of ${steps} steps of ${size}`,
      );
    offsets[step + 1] = (offsets[step + 1] ?? 0) + 1;
  }
  for (let t = 0; t < steps; t++) offsets[t + 1] = (offsets[t + 1] ?? 0) + (offsets[t] ?? 0);
  const next = offsets.slice();
  const element = new Int32Array(events.length);
  const amount = new Float64Array(events.length);
  for (const event of events) {
    const at = next[event.step] ?? 0;
    element[at] = event.element;
    amount[at] = event.amount ?? 1;
    next[event.step] = at + 1;
  }
  return { shape, steps, offsets, element, amount: amount.every((a) => a === 1) ? null : amount };
};

/** The numbers other than zero of [steps, ...shape]. */
export const denseStream = ({ shape, data }: Numbers): EventStream => {
  const [steps = 0, ...rest] = shape;
  const size = sizeOf(rest);
  if (shape.length === 0) throw new RangeError(`a stream has an axis of steps, ${showShape(shape)} has none`);
  const count = data.reduce((n, x) => (x === 0 ? n : n + 1), 0);
  const offsets = new Int32Array(steps + 1);
  const element = new Int32Array(count);
  const amount = new Float64Array(count);
  let at = 0;
  for (let t = 0; t < steps; t++) {
    for (let e = 0; e < size; e++) {
      const x = data[t * size + e] ?? 0;
      if (x === 0) continue;
      element[at] = e;
      amount[at++] = x;
    }
    offsets[t + 1] = at;
  }
  return { shape: rest, steps, offsets, element, amount };
};
