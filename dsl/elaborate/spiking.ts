import type { Span } from "../../compiler/diagnostics/index.ts";
import { type Context, reportLater } from "./context.ts";

/** Neurons, codes, read-outs and the value one step ago. */
const words: readonly string[] = [
  ...["I", "LI", "CubaLI", "IF", "LIF", "CubaLIF", "ALIF", "threshold", "delay", "previous"],
  ...["encode.rate", "encode.latency", "encode.current", "encode.delta"],
  ...["read.count", "read.mean", "read.last", "read.max", "read.first"],
];

export const isSpiking = (word: string): boolean => words.includes(word);

/** What runs in time is read, and not built yet. */
export const reportSpiking = (context: Context, text: string, span: Span): null =>
  reportLater(context, { text, span }, "take the network from a NIR file");
