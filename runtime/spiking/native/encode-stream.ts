import { unreachable } from "../../../compiler/diagnostics/index.ts";
import { mixBits, type Numbers, sizeOf } from "../../../compiler/ir/core/index.ts";
import type { Encoding, SpikingNetwork } from "../../../compiler/ir/spiking/index.ts";
import { type Inputs, inputName } from "../inputs.ts";
import { denseStream, type EventStream, eventStream, type StreamEvent } from "./event-stream.ts";

const rate = (
  { peak, steps, seed }: Extract<Encoding, { readonly kind: "rate" }>,
  { data }: Numbers,
): readonly StreamEvent[] => {
  const events: StreamEvent[] = [];
  for (let step = 0; step < steps; step++) {
    // A number depends on seed, step and element alone: the order of evaluation does not matter.
    const ofStep = mixBits(mixBits(seed) + step);
    data.forEach((x, element) => {
      if (mixBits(ofStep + element) / 2 ** 32 < Math.abs(x) * peak)
        events.push({ step, element, amount: x < 0 ? -1 : 1 });
    });
  }
  return events;
};

const latency = (steps: number, { data }: Numbers): readonly StreamEvent[] =>
  [...data].flatMap((x, element) =>
    x > 0 ? [{ step: Math.max(0, Math.round((1 - x) * (steps - 1))), element }] : [],
  );

const repeated = (steps: number, { shape, data }: Numbers): EventStream => {
  const all = new Float64Array(steps * data.length);
  for (let t = 0; t < steps; t++) all.set(data, t * data.length);
  return denseStream({ shape: [steps, ...shape], data: all });
};

/** Level crossings of a stream [steps, ...shape]: one message each time it moved by the threshold, several a step if it must. */
const crossings = (threshold: number, { shape, data }: Numbers): EventStream => {
  const size = sizeOf(shape.slice(1));
  const last = new Float64Array(size);
  const moved = data.map((x, i) => {
    const before = last[i % size] ?? 0;
    const count = Math.trunc((x - before) / threshold);
    last[i % size] = before + count * threshold;
    return count;
  });
  return denseStream({ shape, data: moved });
};

/** The stream that a code makes of the values of a sample; for `delta` the values are a stream [steps, ...shape] themselves. */
export const encodeStream = (code: Encoding, values: Numbers): EventStream => {
  switch (code.kind) {
    case "rate":
      return eventStream(values.shape, code.steps, rate(code, values));
    case "latency":
      return eventStream(values.shape, code.steps, latency(code.steps, values));
    case "current":
      return repeated(code.steps, values);
    case "delta":
      return crossings(code.threshold, values);
    default:
      return unreachable(code);
  }
};

/**
 * The streams of given values, by input name: what the code of an input makes of them; without a code they are a stream
 * [steps, ...shape] themselves. Throws when a value is missing.
 */
export const encodeStreams = (
  { populations }: SpikingNetwork,
  values: Inputs,
): ReadonlyMap<string, EventStream> =>
  new Map(
    populations.flatMap((p) => {
      if (p.model.kind !== "events") return [];
      const name = inputName(p);
      const given = values.get(name);
      if (given === undefined) throw new Error(`input ${name} is not given`);
      const { code } = p.model;
      return [[name, code === null ? denseStream(given) : encodeStream(code, given)] as const];
    }),
  );
