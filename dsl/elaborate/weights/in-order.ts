import { nodesOf, showShape, sizeOf, type Weight } from "../../../compiler/ir/core/index.ts";
import type { TensorGraph, TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { weightFaults } from "../../diagnostics/weights.ts";
import { countFaults, lineAt, placeOf, report } from "../context.ts";
import type { Parameter } from "../store.ts";
import { fileName, fitsParameter, type WeightFile } from "./check.ts";
import type { Binding } from "./replace.ts";
import { addedBias, describeNode, nodeName, readersOf, sameOp, sourceOf } from "./skeleton.ts";

type Readers = ReadonlyMap<TensorNode, readonly TensorNode[]>;

/** Two graphs that are walked together: the program's and the file's. */
interface Walk {
  readonly file: WeightFile;
  readonly parameters: ReadonlyMap<Weight, Parameter>;
  readonly model: TensorGraph;
  /** Who reads a value, in the program and in the file. */
  readonly own: Readers;
  readonly theirs: Readers;
  /** The node of the file that computes what a node of the program computes. */
  readonly images: Map<TensorNode, TensorNode>;
  readonly taken: Set<TensorNode>;
  readonly weights: Map<Weight, Weight>;
  readonly foldedBias: Map<TensorNode, Weight>;
  readonly gone: Set<TensorNode>;
}

const stageOf = (node: TensorNode): string => node.origins[0]?.name ?? node.op;

const lineOfNode = ({ file: { context } }: Walk, node: TensorNode): number => {
  const span = node.origins[0]?.span ?? null;
  return span === null ? 1 : lineAt(context, span);
};

const reportOrder = ({ file }: Walk, what: string): null => {
  const remedy = "write the network as the file has it";
  const where = placeOf(file.context, file.name.span);
  return report(file.context, weightFaults.report("order", where, { file: fileName(file), what, remedy }));
};

const sameInputs = (node: TensorNode, images: readonly TensorNode[]): boolean => {
  const found = node.inputs.map(sourceOf);
  if (found.length !== images.length) return false;
  // Sums may be written in another order; all that is left must pair up.
  const rest = [...images];
  return found.every((input, i) => {
    const at = node.op === "add" ? rest.indexOf(input) : Number(images[i] === input) - 1;
    if (node.op === "add" && at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
};

/** Nodes of the file that read exactly these values and are not matched yet. */
const openReaders = (walk: Walk, images: readonly TensorNode[]): readonly TensorNode[] => {
  const [first] = images;
  const readers = first === undefined ? [] : (walk.theirs.get(first) ?? []);
  return readers.filter((node) => !walk.taken.has(node) && sameInputs(node, images));
};

const reportNone = (walk: Walk, node: TensorNode, images: readonly TensorNode[]): null => {
  const found = openReaders(walk, images).map((other) => `${describeNode(other)} (${nodeName(other)})`);
  const there = found.length === 0 ? "there the network ends" : `there it is ${found.join(" or ")}`;
  return reportOrder(
    walk,
    `\`${stageOf(node)}\` (line ${lineOfNode(walk, node)}) is ${describeNode(node)}, ${there}`,
  );
};

const reportSeveral = (walk: Walk, node: TensorNode, found: readonly TensorNode[]): null => {
  const { context, name } = walk.file;
  const nodes = found.map(nodeName).join(", ");
  const remedy = 'leave out `in order`, and name the weights with { stage: "prefix" }';
  const holes = {
    stage: stageOf(node),
    line: lineOfNode(walk, node),
    count: found.length,
    file: fileName(walk.file),
    nodes,
    remedy,
  };
  return report(context, weightFaults.report("ambiguous", placeOf(context, name.span), holes));
};

/** What a file has of a weight that is computed from another one, place by place. */
const baseOf = ({ parameters }: Walk, placeholder: Weight): Weight => {
  const source = parameters.get(placeholder)?.source;
  return source?.kind === "derived" && source.base !== null ? source.base : placeholder;
};

const bind = (walk: Walk, of: Weight | null, found: Weight | null): void => {
  if (of === null || found === null) return;
  const placeholder = baseOf(walk, of);
  const parameter = walk.parameters.get(placeholder);
  if (parameter?.source.kind !== "weights") return;
  if (fitsParameter(walk.file, found, placeholder, parameter)) walk.weights.set(placeholder, found);
};

const reportBias = (walk: Walk, node: TensorNode, says: string): null =>
  reportOrder(walk, `\`${stageOf(node)}\` (line ${lineOfNode(walk, node)}) ${says}`);

type Linear = TensorNode & { readonly op: "dense" | "conv" };

const isLinear = (node: TensorNode): node is Linear => node.op === "dense" || node.op === "conv";

const only = (readers: Readers, node: TensorNode): TensorNode | null => {
  const [first, second] = readers.get(node) ?? [];
  return second === undefined ? (first ?? null) : null;
};

/** A conv without bias and a batch norm, where the file has a conv with bias: the exporter folded them. */
const foldedNorm = (walk: Walk, own: Linear, image: Linear): boolean => {
  const norm = only(walk.own, own);
  if (norm?.op !== "batchNorm" || image.attrs.bias === null) return false;
  if ((walk.theirs.get(image) ?? []).some(({ op }) => op === "batchNorm")) return false;
  walk.foldedBias.set(own, image.attrs.bias);
  walk.gone.add(norm);
  // Nothing reads these: they are filled by their placeholders.
  const { scale, shift, mean, variance } = norm.attrs;
  for (const unread of [scale, shift, mean, variance]) walk.weights.set(unread, unread);
  walk.images.set(norm, image);
  return true;
};

/** The node of the file whose value is that of `own`: a bias may be a node of its own there. */
const bindLinear = (walk: Walk, own: Linear, image: Linear): TensorNode => {
  bind(walk, own.attrs.weight, image.attrs.weight);
  const { bias } = own.attrs;
  if (bias === null) {
    if (image.attrs.bias !== null && !foldedNorm(walk, own, image))
      reportBias(walk, own, "has `bias: none`, there it has a bias");
    return image;
  }
  if (image.attrs.bias !== null) {
    bind(walk, bias, image.attrs.bias);
    return image;
  }
  const after = only(walk.theirs, image);
  const added = after === null ? null : addedBias(after);
  if (after === null || added === null || sizeOf(added.shape) !== sizeOf(bias.shape)) {
    reportBias(walk, own, "has a bias, there it has none: write `bias: none`");
    return image;
  }
  bind(walk, bias, added);
  walk.taken.add(after);
  return after;
};

const bindNode = (walk: Walk, own: TensorNode, image: TensorNode): TensorNode => {
  if (isLinear(own) && isLinear(image)) return bindLinear(walk, own, image);
  if (own.op === "batchNorm" && image.op === "batchNorm") {
    bind(walk, own.attrs.scale, image.attrs.scale);
    bind(walk, own.attrs.shift, image.attrs.shift);
    bind(walk, own.attrs.mean, image.attrs.mean);
    bind(walk, own.attrs.variance, image.attrs.variance);
  }
  return image;
};

const match = (walk: Walk, node: TensorNode): void => {
  if (walk.images.has(node)) return;
  const images = node.inputs.map((input) => walk.images.get(sourceOf(input)));
  const known = images.filter((image) => image !== undefined);
  if (known.length < images.length) return;
  const found = openReaders(walk, known).filter((other) => sameOp(node, other));
  const [image] = found;
  if (image === undefined) reportNone(walk, node, known);
  else if (found.length > 1) reportSeveral(walk, node, found);
  else {
    walk.taken.add(image);
    walk.images.set(node, bindNode(walk, node, image));
  }
};

const matchInputs = (walk: Walk, graph: TensorGraph): boolean => {
  const { inputs } = walk.model;
  const fine =
    inputs.length === graph.inputs.length &&
    graph.inputs.every((input, i) => sizeOf(input.type.shape) === sizeOf(inputs[i]?.type.shape ?? []));
  if (!fine) {
    const show = (from: TensorGraph): string =>
      from.inputs.map((input) => showShape(input.type.shape)).join(", ");
    reportOrder(walk, `the network reads ${show(graph)}, there it reads ${show(walk.model)}`);
    return false;
  }
  graph.inputs.forEach((input, i) => {
    const image = inputs[i];
    if (image !== undefined) walk.images.set(input, image);
  });
  return true;
};

/** Everything that the file computes must be part of the network. */
const reportRest = (walk: Walk): void => {
  const rest = nodesOf(walk.model).filter(
    (node) => sourceOf(node) === node && node.op !== "input" && !walk.taken.has(node),
  );
  const [first] = rest;
  if (first === undefined) return;
  const more = rest.length === 1 ? "" : ` and ${rest.length - 1} more nodes`;
  reportOrder(
    walk,
    `the network ends, there it goes on with ${describeNode(first)} (${nodeName(first)})${more}`,
  );
};

/** Walks the program's graph and the imported one together from the inputs. All places where they part are reported. */
export const bindInOrder = (
  file: WeightFile,
  graph: TensorGraph,
  parameters: ReadonlyMap<Weight, Parameter>,
  model: TensorGraph,
): Binding => {
  const walk: Walk = {
    file,
    parameters,
    model,
    own: readersOf(graph),
    theirs: readersOf(model),
    images: new Map(),
    taken: new Set(),
    weights: new Map(),
    foldedBias: new Map(),
    gone: new Set(),
  };
  const before = countFaults(file.context);
  if (matchInputs(walk, graph)) {
    for (const node of nodesOf(graph)) if (node.op !== "input" && sourceOf(node) === node) match(walk, node);
    if (countFaults(file.context) === before) reportRest(walk);
  }
  return walk;
};
