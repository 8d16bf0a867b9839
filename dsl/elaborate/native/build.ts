import { named } from "../../../compiler/diagnostics/index.ts";
import type { Weight } from "../../../compiler/ir/core/index.ts";
import type { TensorNode } from "../../../compiler/ir/tensor/index.ts";
import {
  type InputCode,
  type NativeNetwork,
  type NativeOp,
  type NeuronParameters,
  native,
  type StreamRead,
} from "../../../compiler/native/index.ts";
import { languageFaults } from "../../diagnostics/language.ts";
import { type Context, countFaults, placeOf, report } from "../context.ts";
import {
  addChain,
  addNode,
  type Building,
  freeName,
  gathered,
  type Sum,
  sendsSpikes,
  startBuilding,
} from "./building.ts";
import { checkFilled, synapseSteps } from "./check.ts";
import type { StreamOutput, TimeDraft } from "./draft.ts";
import { codesOf, readerOf, spanOf, wordOf } from "./host-values.ts";
import { linearOps, type WeightOf } from "./linear.ts";
import { addNetwork } from "./network-part.ts";
import type { Placed, ReadWord } from "./part.ts";
import { buildSegment, delayOf, type Segments } from "./segment.ts";

interface Lowering extends Segments {
  readonly context: Context;
  readonly draft: TimeDraft;
  /** Names of the nodes of neurons, thresholds, delays and loops. */
  readonly names: ReadonlyMap<Placed, string>;
}

const originOf = ({ stage, span }: Placed) => [{ name: stage, span }];

const resolved = (parameters: NeuronParameters, of: WeightOf): NeuronParameters => {
  const maybe = (w: Weight | null): Weight | null => (w === null ? null : of(w));
  const { adaptation } = parameters;
  return {
    ...parameters,
    tauSyn: maybe(parameters.tauSyn),
    wIn: maybe(parameters.wIn),
    tauMem: maybe(parameters.tauMem),
    r: maybe(parameters.r),
    vLeak: maybe(parameters.vLeak),
    threshold: maybe(parameters.threshold),
    vReset: maybe(parameters.vReset),
    adaptation: adaptation === null ? null : { tau: of(adaptation.tau), beta: of(adaptation.beta) },
  };
};

/** Spikes of neurons come a step later by themselves where messages take a step. */
const stepsBack = ({ building, draft }: Lowering, from: Sum, steps: number): number => {
  const { hop } = draft.store.clock.profile;
  const sent = from.every((name) => building.ops.get(name)?.kind === "neuron");
  return sent ? Math.max(0, steps - hop) : steps;
};

/** The op of a part that is one node; null for the others. */
const opOf = (placed: Placed, of: WeightOf): NativeOp | null => {
  const { part, node } = placed;
  switch (part.kind) {
    case "neuron":
      return { kind: "neuron", shape: node.type.shape, parameters: resolved(part.parameters, of) };
    case "threshold":
      return native.threshold(of(part.value));
    case "delay":
      return native.delay(of(part.time));
    case "previous":
    case "encode":
    case "read":
    case "network":
      return null;
  }
};

const addPart = (lowering: Lowering, placed: Placed): void => {
  const { building } = lowering;
  const { part, node, from } = placed;
  if (part.kind === "network") {
    const inputs = part.inputs.map((input) => buildSegment(lowering, input));
    const sum = addNetwork(building, placed.stage, part, inputs, originOf(placed));
    building.sums.set(node, gathered(building, placed.stage, sum, originOf(placed)));
    return;
  }
  if (from.node === null || part.kind === "read" || part.kind === "previous") return;
  const sum = buildSegment(lowering, from.node);
  const op = opOf(placed, building.weightOf);
  if (op === null) building.sums.set(node, sum);
  else addNode(building, lowering.names.get(placed) ?? placed.stage, op, sum, originOf(placed));
};

/** What looks back in time reads what stands further down, so it comes last. */
const addLoop = (lowering: Lowering, placed: Placed): void => {
  const { part, node, from } = placed;
  if (part.kind !== "previous" || from.node === null) return;
  const { building } = lowering;
  const sum = buildSegment(lowering, from.node);
  const [delay = native.join(node.type.shape)] = delayOf(
    `${placed.stage}.delay`,
    stepsBack(lowering, sum, part.steps),
  );
  addNode(building, lowering.names.get(placed) ?? placed.stage, delay, sum, originOf(placed));
};

const reads: Readonly<Record<ReadWord, StreamRead>> = {
  count: "spikes",
  mean: "mean",
  last: "last",
  max: "greatest",
  first: "firstSpike",
};

/** A sum whose value in each step can be read: spikes by themselves have none. */
const readable = (building: Building, name: string, read: ReadWord, from: Sum): Sum => {
  const [only, ...others] = from;
  if (read === "count" || read === "first" || only === undefined || others.length > 0) return from;
  const op = building.ops.get(only);
  if (op?.kind !== "input" && !sendsSpikes(op)) return from;
  return addChain(building, `${name}.sum`, [native.join()], from, [named(name)]);
};

const addOutput = (lowering: Lowering, output: StreamOutput, name: string): void => {
  const { building, context, draft } = lowering;
  const origins = [named(output.name)];
  if (output.kind !== "values") {
    addNode(building, name, native.output(), buildSegment(lowering, output.value), origins);
    return;
  }
  const found = readerOf(context, draft, output.value);
  if (found === null || found.reader.from.node === null || found.reader.part.kind !== "read") return;
  const { read } = found.reader.part;
  const moved = found.moved.reduce<Sum>(
    (sum, node) =>
      addChain(building, output.name, linearOps(node, building.weightOf) ?? [], sum, node.origins),
    buildSegment(lowering, found.reader.from.node),
  );
  addNode(building, name, native.output(reads[read]), readable(building, output.name, read, moved), origins);
};

const addInputs = ({ building, draft }: Lowering, codes: ReadonlyMap<TensorNode, InputCode>): void => {
  for (const node of draft.inputs) {
    const { name, shape } = node.attrs;
    addNode(building, name, native.input(shape, codes.get(node) ?? null), [], node.origins);
    building.sums.set(node, [name]);
  }
};

/** The first of the ops that run in no network of dynamics, with the names of all. */
const reportUnbuilt = (context: Context, nodes: readonly TensorNode[]): void => {
  const [first] = nodes;
  if (first === undefined) return;
  const words = [...new Set(nodes.map((node) => wordOf(context, node)))].join("`, `");
  report(context, languageFaults.report("streams", placeOf(context, spanOf(first)), { words }));
};

/** Names of inputs and outputs first: those of stages that are called so give way. */
const takeNames = (building: Building, { inputs, outputs, store }: TimeDraft) => {
  for (const { attrs } of inputs) freeName(building, attrs.name);
  const ends = outputs.map((output) => ({ output, name: freeName(building, output.name) }));
  const names = new Map<Placed, string>();
  for (const placed of store.parts.values()) {
    const { kind } = placed.part;
    if (kind === "encode" || kind === "read" || kind === "network") continue;
    const name = freeName(building, placed.stage);
    names.set(placed, name);
    building.sums.set(placed.node, [name]);
  }
  return { ends, names };
};

/**
 * A network of dynamics: parts are nodes, the tensors between them linear ones, sums edges. `weightOf` gives the weight
 * of a placeholder. Null: faults were reported, all of them.
 */
export const buildNative = (context: Context, draft: TimeDraft, weightOf: WeightOf): NativeNetwork | null => {
  const before = countFaults(context);
  const building = startBuilding(weightOf);
  const { ends, names } = takeNames(building, draft);
  const codes = codesOf(context, draft);
  if (codes === null) return null;
  const unbuilt: TensorNode[] = [];
  const delaysOf = (node: TensorNode) => synapseSteps(context, draft.store, node, weightOf);
  const lowering: Lowering = {
    context,
    draft,
    building,
    names,
    delaysOf,
    refuse: (node) => unbuilt.push(node),
  };
  addInputs(lowering, codes);
  const parts = [...draft.store.parts.values()];
  for (const placed of parts) addPart(lowering, placed);
  for (const placed of parts) addLoop(lowering, placed);
  for (const { output, name } of ends) addOutput(lowering, output, name);
  reportUnbuilt(context, unbuilt);
  for (const placed of parts) checkFilled(context, draft.store, placed, weightOf);
  if (countFaults(context) > before) return null;
  return native.nativeNetwork(draft.name, building.nodes, building.edges);
};
