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

/** Events in any order, as lists of equal length. */
export interface EventList {
  readonly shape: Shape;
  readonly steps: number;
  readonly step: Int32Array;
  readonly element: Int32Array;
  /** 1 each when left out. */
  readonly amount?: Float64Array;
}

/**
 * Sorts events by step; those of one step keep their order, and equal ones add up. Throws RangeError when one lies
 * outside of the shape or the steps.
 */
export const listedStream = ({ shape, steps, step, element, amount }: EventList): EventStream => {
  const size = sizeOf(shape);
  const offsets = new Int32Array(steps + 1);
  for (let i = 0; i < step.length; i++) {
    const [t, e] = [step[i] ?? -1, element[i] ?? -1];
    if (!(t >= 0 && t < steps && e >= 0 && e < size))
      throw new RangeError(`event at step ${t}, element ${e} is outside of ${steps} steps of ${size}`);
    offsets[t + 1] = (offsets[t + 1] ?? 0) + 1;
  }
  for (let t = 0; t < steps; t++) offsets[t + 1] = (offsets[t + 1] ?? 0) + (offsets[t] ?? 0);
  const next = offsets.slice();
  const elements = new Int32Array(step.length);
  const amounts = new Float64Array(step.length);
  for (let i = 0; i < step.length; i++) {
    const t = step[i] ?? 0;
    const at = next[t] ?? 0;
    elements[at] = element[i] ?? 0;
    amounts[at] = amount?.[i] ?? 1;
    next[t] = at + 1;
  }
  const graded = amounts.some((a) => a !== 1);
  return { shape, steps, offsets, element: elements, amount: graded ? amounts : null };
};

/** One event: element `element` gets `amount` in step `step`. */
export interface StreamEvent {
  readonly step: number;
  readonly element: number;
  readonly amount?: number;
}

/** `listedStream` of events as they are written down. */
export const eventStream = (shape: Shape, steps: number, events: readonly StreamEvent[]): EventStream =>
  listedStream({
    shape,
    steps,
    step: Int32Array.from(events, (e) => e.step),
    element: Int32Array.from(events, (e) => e.element),
    amount: Float64Array.from(events, (e) => e.amount ?? 1),
  });

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
