import type { TensorNode } from "../ir/tensor/index.ts";
import type { NodeNamed } from "./gains.ts";

/** What levels of one step give levels of when they are joined by it. */
const comparisons = ["subtract", "maximum", "minimum"] as const;

export type Comparison = (typeof comparisons)[number];

export const isComparison = (fn: NodeNamed<"binary">["attrs"]["fn"]): fn is Comparison =>
  comparisons.some((c) => c === fn);

/** A difference, or the greater or lesser of two values. */
export const isCompared = (node: TensorNode): boolean => node.op === "binary" && isComparison(node.attrs.fn);
