import { Rejected } from "../../compiler/diagnostics/index.ts";
import { importModel } from "../../compiler/formats/onnx/index.ts";
import { type Numbers, type Shape, sameShape, showShape } from "../../compiler/ir/core/index.ts";
import type { TensorGraph } from "../../compiler/ir/tensor/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { type Case, numbersOf, storedTensor } from "./cases.ts";
import { type Presentation, presentationsOf } from "./presentation.ts";

export type Outcome =
  | { readonly kind: "passed" }
  /** `codes`: of the importer's diagnostics. */
  | { readonly kind: "refused"; readonly codes: readonly string[]; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

// The tolerances of onnx/onnx:onnx/backend/test/runner/__init__.py.
const relative = 1e-3;
const absolute = 1e-7;

const close = (ours: number, stored: number): boolean =>
  Object.is(ours, stored) ||
  ours === stored ||
  Math.abs(ours - stored) <= absolute + relative * Math.abs(stored);

const failed = (why: string): Outcome => ({ kind: "failed", why });

/** Compares an output with what is stored; the run leaves out a batch of one. */
const compare = (name: string, ours: Numbers | null, whole: Shape | null, stored: Numbers): Outcome => {
  if (ours === null || whole === null) return failed(`output ${name} was not computed`);
  if (!sameShape(whole, stored.shape))
    return failed(`output ${name} is ${showShape(whole)}, stored is ${showShape(stored.shape)}`);
  const at = ours.data.findIndex((x, i) => !close(x, stored.data[i] ?? Number.NaN));
  return at < 0
    ? { kind: "passed" }
    : failed(`output ${name}[${at}] is ${ours.data[at]}, stored is ${stored.data[at]}`);
};

/** Stored data in the shape that the input node has. */
const samplesOf = (graph: TensorGraph, data: ReadonlyMap<string, Numbers>): ReadonlyMap<string, Numbers> =>
  new Map(
    graph.inputs.flatMap(({ attrs: { name, shape } }) => {
      const numbers = data.get(name);
      return numbers === undefined ? [] : [[name, { shape, data: numbers.data }] as const];
    }),
  );

const merged = (outcomes: readonly Outcome[]): Outcome =>
  outcomes.find(({ kind }) => kind === "failed") ??
  outcomes.find(({ kind }) => kind === "refused") ?? { kind: "passed" };

const refusal = (error: Rejected): Outcome => ({
  kind: "refused",
  codes: [...new Set(error.diagnostics.map(({ code }) => code))].sort(),
  why: error.diagnostics.map(({ what, why }) => `${what}: ${why}`).join("; "),
});

const attempt = ({ model, data }: Presentation, set: string): Outcome => {
  try {
    const { graph, shapes } = importModel(model, { batch: "given" });
    const { outputs } = runTensor(graph, samplesOf(graph, data));
    return merged(
      model.graph.outputs.map(({ name }, j) =>
        compare(
          name,
          outputs.get(name) ?? null,
          shapes.get(name) ?? null,
          numbersOf(storedTensor(set, `output_${j}.pb`)),
        ),
      ),
    );
  } catch (error) {
    if (error instanceof Rejected) return refusal(error);
    return failed(`threw ${error instanceof Error ? error.stack : String(error)}`);
  }
};

/** One set of inputs: every presentation that is read must match; none needs to be read. */
const outcomeOfSet = (test: Case, set: string): Outcome => {
  const outcomes = presentationsOf(test, set).map((presentation) => attempt(presentation, set));
  return (
    outcomes.find(({ kind }) => kind === "failed") ??
    outcomes.find(({ kind }) => kind === "passed") ??
    outcomes[0] ??
    failed("it has no stored inputs")
  );
};

const judgeSets = (test: Case): Outcome =>
  test.sets.length === 0 ? failed("it has no data") : merged(test.sets.map((set) => outcomeOfSet(test, set)));

/** Seconds of one processor; time on the clock would measure what else the machine does. */
const limit = 10;

/** Imports and runs a test with all its stored inputs, and compares with its stored outputs. */
export const judge = (test: Case): Outcome => {
  const began = process.cpuUsage();
  const outcome = judgeSets(test);
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  return seconds > limit ? failed(`it took ${seconds} s, the limit is ${limit} s`) : outcome;
};
