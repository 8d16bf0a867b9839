import { unreachable } from "../diagnostics/index.ts";
import { type IntegerGraph, nodesOf, type TensorGraph } from "../ir/index.ts";
import type { DataSet, Evaluator, Graphs, LevelName, Sample } from "../pass/graphs.ts";
import type { Change, Verdict, Verify } from "../pass/manager.ts";
import { compareOutputs, type Difference } from "./compare.ts";
import { directedInputs } from "./directed.ts";
import { withDyadicWeights } from "./dyadic.ts";
import { hasExactSums } from "./exact-bits.ts";
import { inputsOf, modes } from "./inputs.ts";

/** Part of the greatest output that sums of doubles in another order may differ by. */
const roundingError = 1e-9;

/** Samples of the calibration data that bounded and lossy passes are measured on, at most. */
const mostSamples = 64;

/** Two inputs of each mode. */
export const tensorSamples = (graph: TensorGraph): readonly Sample[] =>
  modes.flatMap((mode) => [inputsOf(graph, 1, mode), inputsOf(graph, 2, mode)]);

/** Two inputs of each mode, and eight that bring a neuron to an end of its range or next to a jump. */
export const integerSamples = (graph: IntegerGraph): readonly Sample[] => [
  ...modes.flatMap((mode) => [inputsOf(graph, 1, mode), inputsOf(graph, 2, mode)]),
  ...Array.from({ length: 8 }, (_, seed) => directedInputs(graph, seed)).filter((sample) => sample !== null),
];

const firstSamples = (data: DataSet | null): readonly Sample[] =>
  data === null ? [] : Array.from({ length: Math.min(mostSamples, data.size) }, (_, i) => data.sample(i));

const verdict = (holds: boolean, says: string, measured: number | null): Verdict => ({
  holds,
  says,
  measured,
});

const equal = ({ greatest, first, samples }: Difference): Verdict =>
  first === null
    ? verdict(true, `equal on ${samples} inputs`, 0)
    : verdict(false, `not equal: ${first}`, greatest);

const near = ({ relative, first, samples }: Difference): Verdict =>
  relative <= roundingError
    ? verdict(true, `equal up to ${roundingError} of the greatest output on ${samples} inputs`, relative)
    : verdict(false, `differs by ${relative} of the greatest output: ${first}`, relative);

/** The change once more, on the same network with small dyadic weights; null when its sums are not exact. */
const onDyadicWeights = (
  { planned, before, context }: Change<"tensor">,
  evaluator: Evaluator<"tensor">,
): Verdict | null => {
  const small = withDyadicWeights(before);
  if (!hasExactSums(small)) return null;
  const after = planned.run(small, context);
  return hasExactSums(after) ? equal(compareOutputs(small, after, evaluator, tensorSamples(small))) : null;
};

/**
 * Exact in real numbers: bit for bit where sums of doubles are exact. Weights of a real network are not dyadic;
 * then the outputs may differ by rounding, and the pass is run again on dyadic weights and compared bit for bit.
 */
const exactTensor = (change: Change<"tensor">, evaluator: Evaluator<"tensor">): Verdict => {
  const { before, after } = change;
  const apart = compareOutputs(before, after, evaluator, tensorSamples(before));
  if (hasExactSums(before) && hasExactSums(after)) return equal(apart);
  const real = near(apart);
  if (!real.holds) return real;
  const small = onDyadicWeights(change, evaluator);
  if (small === null)
    return { ...real, says: `${real.says}; not compared bit for bit, sums of doubles round here` };
  return small.holds ? { ...real, says: `${real.says}; ${small.says} with dyadic weights` } : small;
};

const bounded = (apart: Difference, norm: "max" | "relative", bound: number | null): Verdict => {
  const measured = norm === "max" ? apart.greatest : apart.relative;
  if (bound === null) return verdict(false, "a bounded pass stated no bound", measured);
  return verdict(
    measured <= bound,
    `measured ${measured}, stated bound ${bound}, ${apart.samples} inputs`,
    measured,
  );
};

const lossy = (apart: Difference): Verdict =>
  apart.samples === 0
    ? verdict(true, "not measured: no data", null)
    : verdict(
        true,
        `outputs differ by ${apart.rms} of their root mean square, ${apart.samples} inputs`,
        apart.rms,
      );

/** Bounded and lossy contracts are the same at every level. */
const measured = <L extends LevelName>(
  change: Change<L>,
  evaluator: Evaluator<L>,
  drawn: readonly Sample[],
): Verdict | null => {
  const { contract } = change.planned.pass;
  const data = firstSamples(change.context.data);
  const apart = (samples: readonly Sample[]): Difference =>
    compareOutputs(change.before, change.after, evaluator, samples);
  switch (contract.kind) {
    case "exact":
      return null;
    case "bounded":
      return bounded(apart([...data, ...drawn]), contract.norm, change.bound);
    case "lossy":
      return lossy(apart(data));
    default:
      return unreachable(contract);
  }
};

/** Checks contracts of tensor passes. A network with an op that has no equation cannot be run and is not checked. */
export const tensorContracts =
  (evaluator: Evaluator<"tensor">): Verify<"tensor"> =>
  (change) => {
    if (hasOpaque(change.before)) return verdict(true, "not checked: an op has no equation", null);
    return measured(change, evaluator, tensorSamples(change.before)) ?? exactTensor(change, evaluator);
  };

const hasOpaque = (graph: TensorGraph): boolean => nodesOf(graph).some((node) => node.op === "opaque");

/** Checks contracts of passes over integers: outputs of exact passes are equal on every sample. */
export const integerContracts =
  <L extends Exclude<LevelName, "tensor">>(
    evaluator: Evaluator<L>,
    samples: (graph: Graphs[L]) => readonly Sample[],
  ): Verify<L> =>
  (change) => {
    const drawn = samples(change.before);
    return (
      measured(change, evaluator, drawn) ??
      equal(compareOutputs(change.before, change.after, evaluator, drawn))
    );
  };
