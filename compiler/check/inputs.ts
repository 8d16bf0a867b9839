import { unreachable } from "../diagnostics/index.ts";
import { type IntegerGraph, numbers, sizeOf, type TensorGraph } from "../ir/index.ts";
import type { Sample } from "../pass/graphs.ts";
import { type Random, randomFrom } from "./random.ts";

/**
 * What a generated network or input aims at: anything; greatest sums; sums on and just below a jump;
 * dead channels and constant inputs; odd shapes.
 */
export const modes = ["uniform", "range", "tie", "zero", "shape"] as const;

export type Mode = (typeof modes)[number];

/** An input as both graph levels describe it: levels low..high, each worth `scale`. */
interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly scale: readonly number[];
}

/** Real inputs become multiples of 1/8 in -2..2, so that sums of small dyadic products are exact. */
const realPort = { low: -16, high: 16, scale: [1 / 8] } as const;

const portsOf = (graph: TensorGraph | IntegerGraph): readonly Port[] =>
  graph.inputs.map(({ attrs }) =>
    "low" in attrs ? attrs : { ...realPort, name: attrs.name, shape: attrs.shape },
  );

/** One level for every element. */
const levelsOf = (port: Port, random: Random, mode: Mode): ((index: number) => number) => {
  const { low, high } = port;
  const zero = Math.min(high, Math.max(low, 0));
  const hot = random.between(0, Math.max(0, sizeOf(port.shape) - 1));
  const style = random.between(0, 2);
  switch (mode) {
    case "range":
      return () => (style === 0 ? high : style === 1 ? low : random.pick([low, high]));
    case "tie":
      return (index) =>
        style > 0
          ? random.between(zero, Math.min(high, zero + 1))
          : index === hot
            ? random.between(low, high)
            : zero;
    case "zero":
      return () => (style === 0 ? low : zero);
    case "uniform":
    case "shape":
      return () => random.between(low, high);
    default:
      return unreachable(mode);
  }
};

/** A sample for a graph: levels of an integer graph times their scale, dyadic numbers for a tensor graph. */
export const inputsOf = (graph: TensorGraph | IntegerGraph, seed: number, mode: Mode): Sample => {
  const inputs = portsOf(graph).map((port, at) => {
    const level = levelsOf(port, randomFrom(seed * 31 + at), mode);
    const inner = sizeOf(port.shape.slice(1));
    const scale = (i: number): number => port.scale[port.scale.length === 1 ? 0 : Math.floor(i / inner)] ?? 1;
    const data = Float64Array.from({ length: sizeOf(port.shape) }, (_, i) => level(i) * scale(i));
    return [port.name, numbers(port.shape, data)] as const;
  });
  return { inputs: new Map(inputs), label: null };
};
