import { unreachable } from "../diagnostics/index.ts";
import type { Scalar } from "../ir/tensor/index.ts";
import type { Course } from "./integer-values.ts";

type Run = "rises" | "falls";

/** How a scalar function runs over the reals; `at` is where it turns. */
export type Running =
  | { readonly kind: Run | "free" }
  | { readonly kind: "turns"; readonly first: Run; readonly at: number };

const rises: Running = { kind: "rises" };
const falls: Running = { kind: "falls" };
const free: Running = { kind: "free" };
const valley = (at: number): Running => ({ kind: "turns", first: "falls", at });

/** Rises where `parameter` is not negative; below zero it is a valley with its ground at 0. */
export const slopeRunning = (parameter: number): Running => (parameter >= 0 ? rises : valley(0));

/** The least point of x sigmoid(x), where 1 + x (1 - sigmoid(x)) = 0. */
const swishTurn = -1.278464542761074;

const swishRunning = (beta: number): Running => {
  if (beta === 0) return rises;
  return beta > 0 ? valley(swishTurn / beta) : { kind: "turns", first: "rises", at: swishTurn / beta };
};

/** How each scalar function runs, from its parameters alone. */
export const runningOf = (fn: Scalar): Running => {
  switch (fn.kind) {
    case "relu":
    case "clip":
    case "softplus":
    case "softsign":
    case "sigmoid":
    case "tanh":
    case "erf":
    case "exp":
    case "log":
    case "sqrt":
    case "sign":
    case "floor":
    case "ceil":
    case "round":
      return rises;
    case "negate":
      return falls;
    case "leakyRelu":
      return slopeRunning(fn.slope);
    case "hardSigmoid":
      return fn.slope >= 0 ? rises : falls;
    case "elu":
      return fn.alpha >= 0 ? rises : free;
    case "selu":
      return fn.alpha >= 0 && fn.gamma >= 0 ? rises : free;
    case "celu":
      return fn.alpha > 0 ? rises : free;
    case "thresholdedRelu":
      return fn.threshold >= 0 ? rises : free;
    case "abs":
      return valley(0);
    case "hardSwish":
      return valley(-1.5);
    case "swish":
      return swishRunning(fn.beta);
    // Least points of x tanh(softplus(x)), x Phi(x) and its form with tanh, found by Newton's method.
    case "mish":
      return valley(-1.1924312);
    case "gelu":
      return valley(fn.tanh ? -0.7524614 : -0.7517915);
    case "reciprocal":
    case "sin":
    case "cos":
    case "not":
      return free;
    default:
      return unreachable(fn);
  }
};

const turned = (run: Run): Run => (run === "rises" ? "falls" : "rises");

/** The course of outer(inner(x)); `at` is the inner function. */
export const courseOf = (outer: Running, inner: Course, at: (x: number) => number): Course => {
  if (outer.kind === "free" || inner.kind === "free") return { kind: "free" };
  if (outer.kind === "turns") {
    if (inner.kind === "turns") return { kind: "free" };
    const { at: turn, first } = outer;
    return inner.kind === "rises"
      ? { kind: "turns", first, past: (x) => at(x) >= turn }
      : { kind: "turns", first, past: (x) => at(x) < turn };
  }
  if (outer.kind === "rises") return inner;
  return inner.kind === "turns" ? { ...inner, first: turned(inner.first) } : { kind: turned(inner.kind) };
};
