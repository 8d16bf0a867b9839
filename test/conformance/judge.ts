import { Rejected } from "../../compiler/diagnostics/index.ts";
import { importModel } from "../../compiler/formats/onnx/index.ts";
import { type Numbers, sameShape, showShape } from "../../compiler/ir/core/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import { type Case, numbersOf, storedTensor } from "./cases.ts";
import { type Presentation, presentationsOf } from "./presentation.ts";

export type Outcome =
  | { readonly kind: "passed" }
  /** `codes`: of the importer's diagnostics, or `mixes-batch`. */
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

/** Outputs of the runs, one after the other. */
const joined = (parts: readonly Numbers[]): Float64Array => {
  const data = new Float64Array(parts.reduce((size, part) => size + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return data;
};

/** Compares one output of all runs with what is stored. */
const compare = (name: string, parts: readonly Numbers[], batch: number | null, stored: Numbers): Outcome => {
  const [first] = parts;
  if (first === undefined) return failed(`output ${name} was not computed`);
  const shape = batch === null ? first.shape : [batch, ...first.shape];
  // A batch of one says nothing about an operator that joins samples; its stored output has another first axis.
  if (batch !== null && batch > 1 && stored.shape[0] !== batch)
    return {
      kind: "refused",
      codes: ["mixes-batch"],
      why: `${batch} samples give an output of ${showShape(stored.shape)}, which is not a batch of ${batch}`,
    };
  if (!sameShape(shape, stored.shape))
    return failed(`output ${name} is ${showShape(shape)}, stored is ${showShape(stored.shape)}`);
  const ours = joined(parts);
  const at = ours.findIndex((x, i) => !close(x, stored.data[i] ?? Number.NaN));
  return at < 0
    ? { kind: "passed" }
    : failed(`output ${name}[${at}] is ${ours[at]}, stored is ${stored.data[at]}`);
};

const merged = (outcomes: readonly Outcome[]): Outcome =>
  outcomes.find(({ kind }) => kind === "failed") ??
  outcomes.find(({ kind }) => kind === "refused") ?? { kind: "passed" };

const attempt = ({ model, samples, batch }: Presentation, set: string): Outcome => {
  try {
    const { graph } = importModel(model);
    const runs = samples.map((sample) => runTensor(graph, sample).outputs);
    return merged(
      model.graph.outputs.map(({ name }, j) => {
        const parts = runs.flatMap((outputs) => outputs.get(name) ?? []);
        return compare(name, parts, batch, numbersOf(storedTensor(set, `output_${j}.pb`)));
      }),
    );
  } catch (error) {
    if (!(error instanceof Rejected))
      return failed(`threw ${error instanceof Error ? error.stack : String(error)}`);
    const codes = [...new Set(error.diagnostics.map(({ code }) => code))].sort();
    return {
      kind: "refused",
      codes,
      why: error.diagnostics.map(({ what, why }) => `${what}: ${why}`).join("; "),
    };
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
