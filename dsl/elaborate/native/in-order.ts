import { quoteName } from "../../../compiler/diagnostics/index.ts";
import { sameShape, showShape, type Weight } from "../../../compiler/ir/core/index.ts";
import type { NativeNetwork, NativeNode } from "../../../compiler/native/index.ts";
import { weightFaults } from "../../diagnostics/weights.ts";
import { countFaults, lineAt, placeOf, report } from "../context.ts";
import type { Parameter } from "../store.ts";
import { fileName, type WeightFile } from "../weights/check.ts";
import { bindOp } from "./bind-op.ts";
import { describeOp, type Skeleton, sameOp, skeletonOf, type Terms } from "./skeleton.ts";

/** The network of the program and that of the file, walked together. */
interface Walk {
  readonly file: WeightFile;
  readonly parameters: ReadonlyMap<Weight, Parameter>;
  readonly own: Skeleton;
  readonly theirs: Skeleton;
  /** The node of the file that does what a node of the program does. */
  readonly images: Map<NativeNode, NativeNode>;
  readonly taken: Set<NativeNode>;
  readonly weights: Map<Weight, Weight>;
}

const reportOrder = ({ file }: Walk, what: string): null => {
  const remedy = "write the network as the file has it";
  const where = placeOf(file.context, file.name.span);
  return report(file.context, weightFaults.report("order", where, { file: fileName(file), what, remedy }));
};

const lineOf = ({ file: { context } }: Walk, { origins }: NativeNode): number => {
  const span = origins[0]?.span ?? null;
  return span === null ? 1 : lineAt(context, span);
};

const shownNode = ({ name, op }: NativeNode): string => `${describeOp(op)} (${quoteName(name)})`;

/** True when every term of `part` stands in `all`, at least as often. */
const includes = (all: Terms, part: Terms): boolean =>
  [...part].every(([node, times]) => (all.get(node) ?? 0) >= times);

/** What is known in the file of what a node reads. */
const imagesOf = ({ images, own }: Walk, node: NativeNode): Terms =>
  new Map(
    [...own.sourcesOf(node)].flatMap(([source, times]) => {
      const image = images.get(source);
      return image === undefined ? [] : [[image, times] as const];
    }),
  );

/** Nodes of the file that read what is known of the sources of a node; null while nothing is known. */
const readersThere = (walk: Walk, node: NativeNode): readonly NativeNode[] | null => {
  const known = imagesOf(walk, node);
  const [first] = known.keys();
  if (first === undefined) return null;
  return walk.theirs
    .readersOf(first)
    .filter((other) => !walk.taken.has(other) && includes(walk.theirs.sourcesOf(other), known));
};

const fitting = (walk: Walk, node: NativeNode): readonly NativeNode[] | null =>
  readersThere(walk, node)?.filter((other) => sameOp(node.op, other.op)) ?? null;

const take = (walk: Walk, node: NativeNode, image: NativeNode): void => {
  walk.images.set(node, image);
  walk.taken.add(image);
};

/** Pairs nodes that fit in one way only, until no more do. */
const pairAll = (walk: Walk): readonly NativeNode[] => {
  let open = walk.own.nodes;
  for (let before = Infinity; open.length < before; ) {
    before = open.length;
    open = open.filter((node) => {
      const [image, ...others] = fitting(walk, node) ?? [];
      if (image === undefined || others.length > 0) return true;
      take(walk, node, image);
      return false;
    });
  }
  return open;
};

/** A node that found no place, or several. What stands behind such a node is not reported. */
const reportOpen = (walk: Walk, node: NativeNode): void => {
  const found = fitting(walk, node);
  if (found === null) return;
  const line = lineOf(walk, node);
  if (found.length > 1) {
    const { context, name } = walk.file;
    const nodes = found.map((other) => quoteName(other.name)).join(", ");
    const remedy = 'leave out `in order`, and name the weights with { stage: "prefix" }';
    const holes = { stage: node.name, line, count: found.length, file: fileName(walk.file), nodes, remedy };
    report(context, weightFaults.report("ambiguous", placeOf(context, name.span), holes));
    return;
  }
  const there = (readersThere(walk, node) ?? []).map(shownNode);
  const says = there.length === 0 ? "there the network ends" : `there it is ${there.join(" or ")}`;
  reportOrder(walk, `\`${node.name}\` (line ${line}) is ${describeOp(node.op)}, ${says}`);
};

const showTerms = (terms: Terms): string =>
  [...terms]
    .map(([{ name }, times]) => (times === 1 ? quoteName(name) : `${quoteName(name)} ${times} times`))
    .join(", ") || "nothing";

/** The whole of both networks must be paired, with the same sources. */
const checkWhole = (walk: Walk): void => {
  const { theirs } = walk;
  for (const [node, image] of walk.images) {
    const sources = imagesOf(walk, node);
    const there = theirs.sourcesOf(image);
    if (includes(there, sources) && includes(sources, there)) continue;
    const reads = `\`${node.name}\` (line ${lineOf(walk, node)}) reads ${showTerms(sources)}`;
    reportOrder(walk, `${reads}, there it reads ${showTerms(there)}`);
  }
  const rest = theirs.nodes.filter((node) => !walk.taken.has(node));
  const [first] = rest;
  if (first === undefined) return;
  const more = rest.length === 1 ? "" : ` and ${rest.length - 1} more nodes`;
  reportOrder(walk, `the network ends, there it goes on with ${shownNode(first)}${more}`);
};

const shapeOf = ({ op }: NativeNode): readonly number[] => (op.kind === "input" ? op.shape : []);

const pairEnds = (walk: Walk): boolean => {
  const { own, theirs } = walk;
  const fits =
    own.inputs.length === theirs.inputs.length &&
    own.outputs.length === theirs.outputs.length &&
    own.inputs.every((input, i) => sameShape(shapeOf(input), shapeOf(theirs.inputs[i] ?? input)));
  if (!fits) {
    const show = ({ inputs, outputs }: Skeleton): string =>
      `${inputs.map((input) => showShape(shapeOf(input))).join(", ")} and has ${outputs.length} outputs`;
    reportOrder(walk, `the network reads ${show(own)}, there it reads ${show(theirs)}`);
    return false;
  }
  for (const end of ["inputs", "outputs"] as const)
    own[end].forEach((node, i) => {
      const image = theirs[end][i];
      if (image !== undefined) walk.images.set(node, image);
    });
  return true;
};

/**
 * Walks the network of the program and that of a NIR file together from the inputs. Returns the weights by placeholder;
 * all places where the networks part are reported. `loops` are the nodes of the program's `previous`.
 */
export const bindNirInOrder = (
  file: WeightFile,
  network: NativeNetwork,
  loops: ReadonlySet<string>,
  parameters: ReadonlyMap<Weight, Parameter>,
  model: NativeNetwork,
): ReadonlyMap<Weight, Weight> => {
  const walk: Walk = {
    file,
    parameters,
    own: skeletonOf(network, loops),
    theirs: skeletonOf(model),
    images: new Map(),
    taken: new Set(),
    weights: new Map(),
  };
  const before = countFaults(file.context);
  if (!pairEnds(walk)) return walk.weights;
  for (const node of pairAll(walk)) reportOpen(walk, node);
  if (countFaults(file.context) === before) checkWhole(walk);
  for (const [node, image] of walk.images)
    for (const says of bindOp(walk, node.op, image.op))
      reportOrder(walk, `\`${node.name}\` (line ${lineOf(walk, node)}) ${says}`);
  return walk.weights;
};
