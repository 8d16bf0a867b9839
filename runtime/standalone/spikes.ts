import type { Message } from "../spiking/index.ts";

/** Messages of one population in the order of sending; entry i of each list belongs to message i. */
export interface Spikes {
  readonly count: number;
  /** Which neuron: its index in row-major order. */
  readonly element: Int32Array;
  readonly step: Int32Array;
  /** Place of the digit in the code: step of the phase, or lane. */
  readonly place: Int32Array;
  /** What the message carries: a digit; a number where neurons send their potential. */
  readonly digit: Float64Array;
}

const parts = 4;

/** Collects messages of all populations of a run. */
export interface Collector {
  readonly record: (message: Message) => void;
  readonly of: (population: string) => Spikes;
}

export const collectSpikes = (): Collector => {
  const lists = new Map<string, number[]>();
  return {
    record: ({ population, element, step, place, digit }) => {
      const list = lists.get(population);
      if (list === undefined) lists.set(population, [element, step, place, digit]);
      else list.push(element, step, place, digit);
    },
    of: (population) => {
      const list = lists.get(population) ?? [];
      const count = list.length / parts;
      const part = (offset: number): Int32Array =>
        Int32Array.from({ length: count }, (_, i) => list[parts * i + offset] ?? 0);
      const digit = Float64Array.from({ length: count }, (_, i) => list[parts * i + 3] ?? 0);
      return { count, element: part(0), step: part(1), place: part(2), digit };
    },
  };
};
