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
type Row = CompileDocument["targets"][number];

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

/** Obligations of all targets, by how they are met. */
export const countsOf = (
  targets: readonly Pick<TargetBuild, "obligations">[],
): CompileDocument["certificate"]["obligations"] => {
  const counts = { proved: 0, checked: 0, tested: 0, assumed: 0 };
  for (const { obligations } of targets) for (const { status } of obligations) counts[status]++;
  return counts;
};

/** One target of the document; `paths` are those of the whole build. */
export const targetRow = (
  { backend: { target }, mapping }: Pick<TargetBuild, "backend" | "mapping">,
  run: Pick<Row, "mode" | "steps" | "spikeBound">,
  paths: readonly string[],
): Row => ({
  name: target.name,
  fits: true,
  mode: run.mode,
  cores: mapping.cores,
  coresBound: mapping.coresBound,
  bindingLimit: mapping.bindingLimit,
  chips: mapping.chips,
  steps: run.steps,
  spikeBound: run.spikeBound,
  synapses: mapping.synapses,
  resources: [...mapping.resources],
  files: paths.filter((path) => path.startsWith(`${target.name}/`)),
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

/** What a target's cores hold, for people. */
export const printMapping = (out: Terminal, mapping: TargetBuild["mapping"]): void => {
  const limit = mapping.bindingLimit === null ? "" : `, limited by ${mapping.bindingLimit}`;
  out.line(
    `  mapping    ${grouped(mapping.cores)} cores on ${grouped(mapping.chips)} chips (at least ${grouped(mapping.coresBound)} cores${limit}), ${grouped(mapping.neurons)} neurons, ${grouped(mapping.synapses)} synapses (exact)`,
  );
};

/** What one target got, for people. */
export const printTarget = (out: Terminal, target: TargetBuild): void => {
  const { mapping } = target;
  out.line("");
  out.line(`${bold(target.backend.target.name)}  ${target.mode}, theorem ${target.theorem}`);
  printMapping(out, mapping);
  for (const { resource, most, limit } of mapping.resources) {
    out.line(
      `             ${resource}: ${grouped(most)}${limit === null ? "" : ` of ${grouped(limit)}`} on the fullest core`,
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
  readonly paths: readonly string[];
  readonly seconds: number;
}

/** How a build is certified and where it lies: the last lines. */
export const printWritten = (
  out: Terminal,
  targets: Parameters<typeof countsOf>[0],
  { folder, paths, seconds }: Written,
): void => {
  const { proved, checked, tested, assumed } = countsOf(targets);
  out.line(`certificate  ${proved} proved, ${checked} checked, ${tested} tested, ${assumed} assumed`);
  out.line(
    `files        ${bold(folder)}, ${paths.length} in ${seconds.toFixed(1)} s; spikefold verify ${folder} checks them again`,
  );
};

/** The words that matter, last. */
export const printSummary = (
  out: Terminal,
  { targets }: Build,
  run: Evaluation | null,
  written: Written,
): void => {
  const sizes = targets.map(
    (t) => `${t.backend.target.name} ${grouped(t.mapping.cores)} in ${grouped(t.steps)}`,
  );
  out.line("");
  if (run !== null) {
    out.line(`accuracy     ${accuracyText(run)} of ${grouped(run.samples)} samples (measured)`);
    out.line(`equality     ${equalityText(run)}, in ${run.target}'s arithmetic (measured)`);
    out.line(`spikes       ${grouped(run.cost.spikesPerNeuron, 2)} per neuron (measured)`);
  }
  out.line(`cores, steps ${sizes.join("; ")} (exact)`);
  printWritten(out, targets, written);
};
