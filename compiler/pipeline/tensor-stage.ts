import { nowhere, Rejected } from "../diagnostics/index.ts";
import type { TensorGraph } from "../ir/index.ts";
import {
  type Context,
  type Lowered,
  type PassReport,
  type Planned,
  plan,
  type RunOptions,
  runPasses,
} from "../pass/index.ts";
import { canonicalize } from "../passes/tensor/canonicalize.ts";
import { eliminateChannels } from "../passes/tensor/eliminate-channels.ts";
import { eliminateDuplicates } from "../passes/tensor/eliminate-duplicates.ts";
import { foldChannels } from "../passes/tensor/fold-channels.ts";
import { fuseBatchNorm } from "../passes/tensor/fuse-batch-norm.ts";
import { quantize } from "../passes/tensor/quantize.ts";
import { recognizeFunctions } from "../passes/tensor/recognize-functions.ts";
import { recognizeSteps } from "../passes/tensor/recognize-steps.ts";
import { splitTail, tensorToInteger } from "../quantize/index.ts";
import { pipelineDiagnostics } from "./diagnostics.ts";
import type { FoldOptions, QuantizeChoice } from "./options.ts";

export interface TensorChoices {
  readonly fold: FoldOptions | null;
  readonly quantize: QuantizeChoice;
}

/** The order of the float passes, as data. */
const floatPasses = ({ fold }: TensorChoices): readonly Planned<"tensor">[] => [
  // Structure first: what is constant, dead or twice there costs every later pass.
  plan(canonicalize, {}),
  plan(recognizeFunctions, {}),
  plan(recognizeSteps, {}),
  plan(eliminateDuplicates, {}),
  plan(eliminateChannels, {}),
  // Folding needs open batch norms: their scale and shift are part of a channel's identity.
  ...(fold === null ? [] : [plan(foldChannels, fold)]),
  plan(fuseBatchNorm, {}),
  plan(canonicalize, {}),
];

/** What the chip computes goes onto the integer grid; the tail stays float. */
const chipPasses = (choices: TensorChoices): readonly Planned<"tensor">[] => [
  plan(quantize, choices.quantize),
];

/** Names of all passes of a compile, in order. */
export const passNames = (choices: TensorChoices): readonly string[] =>
  [...floatPasses(choices), ...chipPasses(choices)].map((p) => p.name);

export interface TensorStage {
  readonly float: TensorGraph;
  readonly host: TensorGraph | null;
  readonly quantized: TensorGraph;
  readonly reports: readonly (PassReport & { readonly contract: string })[];
  /** Where --stop-after ended the run; null when it went through. */
  readonly stopped: TensorGraph | null;
}

/** Runs the float passes, splits off the host's tail and quantizes the rest. */
export const runTensorStage = (
  graph: TensorGraph,
  choices: TensorChoices,
  options: RunOptions<"tensor">,
): TensorStage => {
  const known = passNames(choices);
  const asked = [
    ...(options.skip ?? []),
    ...(options.dumpAfter ?? []),
    ...(options.stopAfter ? [options.stopAfter] : []),
  ];
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Rejected(
      unknown.map((name) =>
        pipelineDiagnostics.report("unknown-pass", nowhere, { name, known: [...new Set(known)].join(", ") }),
      ),
    );
  const contracts = new Map(
    [...floatPasses(choices), ...chipPasses(choices)].map((p) => [p.name, p.pass.contract.kind]),
  );
  const reported = (reports: readonly PassReport[]): TensorStage["reports"] =>
    reports.map((r) => ({ ...r, contract: contracts.get(r.pass) ?? "exact" }));
  const floats = runPasses(floatPasses(choices), graph, options);
  const { chip, host } = splitTail(floats.graph);
  if (floats.stopped)
    return { float: graph, host, quantized: chip, reports: reported(floats.reports), stopped: floats.graph };
  const chips = runPasses(chipPasses(choices), chip, options);
  const reports = reported([...floats.reports, ...chips.reports]);
  return { float: graph, host, quantized: chips.graph, reports, stopped: chips.stopped ? chips.graph : null };
};

/** The exact lowering of a quantized graph. Throws Rejected with every node that has no integer form. */
export const toIntegers = (
  quantized: TensorGraph,
  scalars: Parameters<typeof tensorToInteger>[0],
  context: Context,
): Lowered<"tensor", "integer"> => tensorToInteger(scalars).run(quantized, {}, context);
