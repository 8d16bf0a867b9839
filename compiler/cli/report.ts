import {
  type IntegerNode,
  item,
  nodesOf,
  type PopulationId,
  rowsOf,
  signedBits,
  sizeOf,
} from "../ir/index.ts";
import type { Build, TargetBuild } from "../pipeline/build.ts";
import type { TensorStage } from "../pipeline/tensor-stage.ts";
import type { CompileDocument, Evaluation } from "./documents.ts";
import { bad, bold, good, grouped, percent, type Terminal, table } from "./terminal.ts";

type Layer = CompileDocument["layers"][number];

const weightBits = (node: IntegerNode): number | null => {
  if (node.op !== "linear") return null;
  const { map } = node.attrs;
  const last = map.kind === "chain" ? item(map.maps, map.maps.length - 1) : map;
  if (last.kind !== "conv" && last.kind !== "dense") return null;
  const most = last.weight.stored().reduce((a, w) => Math.max(a, Math.abs(w)), 0);
  return signedBits(most);
};

const synapsesOf = (node: IntegerNode): number =>
  node.op === "linear" ? rowsOf(node.attrs.map).weight.length : 0;

const levelsOf = (node: IntegerNode): number | null =>
  node.op === "neuron" && node.attrs.fn.kind === "uniform" ? node.attrs.fn.high : null;

/** Cores that hold a value: its population, or the fullest of its lanes. */
const coresOf = ({ mapping, network }: TargetBuild, value: PopulationId): number => {
  const lanes = network.spellings.find((s) => s.value === value)?.lanes.map((l) => l.population) ?? [value];
  return Math.max(0, ...lanes.map((id) => mapping.coresByLayer.get(id) ?? 0));
};

/** One row per node of the common integer network; cores on the first target. */
export const layersOf = (build: Build): readonly Layer[] => {
  const [first] = build.targets;
  const pairs = new Map((first?.pairs ?? []).map((p) => [p.node, p.value]));
  return nodesOf(build.integer).map((node, i) => {
    const value = pairs.get(i);
    return {
      name: item(node.origins, 0).name,
      op: node.op,
      neurons: sizeOf(node.type.shape),
      synapses: synapsesOf(node),
      levels: levelsOf(node),
      weightBits: weightBits(node),
      cores: value === undefined || first === undefined ? 0 : coresOf(first, value),
    };
  });
};

export const countsOf = (build: Build): CompileDocument["certificate"]["obligations"] => {
  const counts = { proved: 0, checked: 0, tested: 0, assumed: 0 };
  for (const { obligations } of build.targets) for (const { status } of obligations) counts[status]++;
  return counts;
};

export const targetRow = (
  target: TargetBuild,
  files: readonly string[],
): CompileDocument["targets"][number] => ({
  name: target.backend.target.name,
  fits: true,
  mode: target.mode,
  cores: target.mapping.cores,
  coresBound: target.mapping.coresBound,
  bindingLimit: target.mapping.bindingLimit,
  chips: target.mapping.chips,
  steps: target.steps,
  spikeBound: target.spikeBound,
  synapses: target.mapping.synapses,
  resources: [...target.mapping.resources],
  files: [...files],
});

export const passRows = (stage: TensorStage): CompileDocument["passes"] =>
  stage.reports.map((r) => ({
    name: r.pass,
    contract: r.contract,
    changed: r.changed,
    milliseconds: r.milliseconds,
    report: Object.fromEntries(r.figures),
  }));

const correctText = (correct: number | undefined, samples: number): string =>
  correct === undefined ? "no labels" : percent(correct, samples);

const accuracyText = ({ levels, samples }: Evaluation): string => {
  const { float, integer, spiking, machine } = levels;
  return [
    ...(float === undefined ? [] : [`float ${correctText(float.correct, samples)}`]),
    ...(integer === undefined ? [] : [`integer ${correctText(integer.correct, samples)}`]),
    `spiking ${correctText(spiking.correct, samples)}`,
    ...(machine === undefined ? [] : [`program on cores ${correctText(machine.correct, samples)}`]),
  ].join(", ");
};

const equalityText = ({ equality }: Evaluation): string => {
  const equal = equality.samples - equality.mismatchedSamples;
  const mark = equality.mismatchedSamples === 0 ? good : bad;
  if (equality.samples === 0)
    return "nothing compared; --compare machine runs the program on cores beside it";
  const other = equality.against === "machine" ? "the program on cores" : equality.against;
  return `spiking ${mark(`equal on ${grouped(equal)} of ${grouped(equality.samples)}`)} to ${other}, ${grouped(equality.neurons)} values`;
};

/** Accuracy, equality and cost of a run, for people. */
export const printRun = (out: Terminal, run: Evaluation): void => {
  const { cost, samples } = run;
  out.line(`  accuracy   ${accuracyText(run)} of ${grouped(samples)} (measured)`);
  out.line(`  equality   ${equalityText(run)}`);
  out.line(
    `  cost       ${grouped(cost.steps)} steps, ${grouped(cost.spikesPerNeuron, 2)} spikes per neuron, ${grouped(cost.synapticOperations)} synaptic operations a sample (measured)`,
  );
};

/** What one target got, for people. */
export const printTarget = (out: Terminal, target: TargetBuild): void => {
  const { mapping } = target;
  const limit = mapping.bindingLimit === null ? "" : `, limited by ${mapping.bindingLimit}`;
  out.line("");
  out.line(`${bold(target.backend.target.name)}  ${target.mode}, theorem ${target.theorem}`);
  out.line(
    `  mapping    ${grouped(mapping.cores)} cores on ${grouped(mapping.chips)} chips (at least ${grouped(mapping.coresBound)} cores${limit}), ${grouped(mapping.neurons)} neurons, ${grouped(mapping.synapses)} synapses (exact)`,
  );
  for (const { resource, most, limit: most2 } of mapping.resources) {
    out.line(
      `             ${resource}: ${grouped(most)}${most2 === null ? "" : ` of ${grouped(most2)}`} on the fullest core`,
    );
  }
  out.line(
    `  bounds     ${grouped(target.steps)} steps, at most ${grouped(target.spikeBound)} spikes a sample (proved)`,
  );
};

export const printLayers = (out: Terminal, layers: readonly Layer[]): void => {
  const rows = layers.map((l) => [
    l.name,
    l.op,
    grouped(l.neurons),
    grouped(l.synapses),
    String(l.levels ?? "-"),
    String(l.weightBits ?? "-"),
    String(l.cores),
  ]);
  for (const line of table(["layer", "op", "values", "synapses", "levels", "bits", "cores"], rows))
    out.line(line);
};

/** What a compile left on disk. */
export interface Written {
  readonly folder: string;
  readonly files: number;
  readonly seconds: number;
  readonly calibrated: number;
}

/** The words that matter, last. */
export const printSummary = (out: Terminal, build: Build, run: Evaluation | null, written: Written): void => {
  const { proved, checked, tested, assumed } = countsOf(build);
  const sizes = build.targets.map(
    (t) => `${t.backend.target.name} ${grouped(t.mapping.cores)} in ${grouped(t.steps)}`,
  );
  out.line("");
  if (run !== null) {
    out.line(`accuracy     ${accuracyText(run)} of ${grouped(run.samples)} samples (measured)`);
    out.line(`equality     ${equalityText(run)}, in ${run.target}'s arithmetic (measured)`);
    out.line(`spikes       ${grouped(run.cost.spikesPerNeuron, 2)} per neuron (measured)`);
  }
  out.line(`cores, steps ${sizes.join("; ")} (exact)`);
  out.line(`certificate  ${proved} proved, ${checked} checked, ${tested} tested, ${assumed} assumed`);
  out.line(
    `files        ${bold(written.folder)}, ${written.files} in ${written.seconds.toFixed(1)} s; spikefold verify ${written.folder} checks them again`,
  );
};
