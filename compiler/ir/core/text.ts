import type { Origin } from "../../diagnostics/index.ts";
import { Cursor } from "./cursor.ts";
import {
  build,
  type Dialect,
  type Graph,
  IllTyped,
  type Level,
  type Node,
  type NodeOf,
  nodesOf,
  type OpName,
  type Output,
} from "./graph.ts";
import { showShape, sizeOf } from "./numbers.ts";
import {
  type Fields,
  fieldsFromTree,
  fieldsToTree,
  type Labels,
  SchemaError,
  type Source,
  type Values,
} from "./schema.ts";
import { isList, isStruct, parseTree, printNumber, printTree, type Tree } from "./tree.ts";
import { type DType, dtypes, type Grid, weight as makeWeight, type Weight } from "./weight.ts";

/** Numbers of weights that a text names by hash only. */
export type WeightStore = (hash: string) => Float64Array | null;

const inlineLimit = 16;

/** Unique labels on demand: the wished name, made a word; `_2`, `_3` when it is taken. */
export const labeler = <T extends object>(wish: (thing: T) => string): ((thing: T) => string) => {
  const labels = new Map<T, string>();
  const taken = new Set<string>(["none", "true", "false", "inf"]);
  return (thing) => {
    const known = labels.get(thing);
    if (known !== undefined) return known;
    const base = wish(thing)
      .replace(/[^A-Za-z0-9_]/g, "_")
      .replace(/^(?![A-Za-z_])/, "n");
    let label = base;
    for (let n = 2; taken.has(label); n++) label = `${base}_${n}`;
    taken.add(label);
    labels.set(thing, label);
    return label;
  };
};

const gridTree = (grid: Grid): string =>
  `(scale=[${grid.scale.map(printNumber).join(", ")}], zero=[${grid.zero.join(", ")}], axis=${grid.axis})`;

const printWeight = (label: string, w: Weight): string => {
  const grid = w.grid === null ? "" : ` ${gridTree(w.grid)}`;
  const value =
    sizeOf(w.shape) > inlineLimit
      ? `sha256 "${w.hash()}"`
      : `[${Array.from(w.stored(), printNumber).join(", ")}]`;
  return `  weight ${label} : ${w.dtype}[${w.shape.join(", ")}]${grid} = ${value}`;
};

/** Weight labels in order of first use, and the lines that declare them. */
const weightTable = (): { readonly labels: Labels; readonly declare: () => readonly string[] } => {
  const label = labeler((w: Weight) => w.name);
  const seen = new Map<Weight, string>();
  const labels: Labels = {
    weight: (w) => {
      const found = seen.get(w) ?? label(w);
      seen.set(w, found);
      return found;
    },
  };
  return { labels, declare: () => [...seen].map(([w, name]) => printWeight(name, w)) };
};

const printOrigin = ({ name, span }: Origin): string =>
  JSON.stringify(name) + (span === null ? "" : ` in ${JSON.stringify(span.file)} ${span.start} ${span.end}`);

const printFields = (trees: ReadonlyMap<string, Tree>): readonly string[] =>
  [...trees].map(([name, tree]) => `${name}=${printTree(tree)}`);

const printNode = <D extends Dialect>(
  level: Level<D>,
  node: Node<D>,
  label: (n: Node<D>) => string,
  labels: Labels,
): string => {
  const operands = node.inputs.map(label);
  const arity = level.ops[node.op]?.inputs;
  const shown = arity === "some" ? [`[${operands.join(", ")}]`] : operands;
  const attrs = printFields(fieldsToTree(level.ops[node.op]?.attrs ?? {}, node.attrs, labels));
  const type = printTree(level.type.toTree(node.type, labels));
  return `  ${label(node)} = ${node.op}(${[...shown, ...attrs].join(", ")}) : ${type} @ ${node.origins.map(printOrigin).join(" + ")}`;
};

/** Text form of a tensor or integer graph. Law: `print(parse(print(g)))` equals `print(g)`. */
export const print = <D extends Dialect>(level: Level<D>, graph: Graph<D>): string => {
  const weights = weightTable();
  const label = labeler((node: Node<D>) => node.origins[0]?.name ?? node.op);
  const nodes = nodesOf(graph).map((node) => printNode(level, node, label, weights.labels));
  const outputs = graph.outputs.map((o) => `  output ${JSON.stringify(o.name)} = ${label(o.value)}`);
  return [
    `${level.name} ${JSON.stringify(graph.name)} {`,
    ...weights.declare(),
    ...nodes,
    ...outputs,
    "}",
    "",
  ].join("\n");
};

const isDType = (name: string): name is DType => dtypes.some((d) => d === name);

const numbersIn = (tree: Tree | undefined, from: Cursor): readonly number[] => {
  if (tree === undefined || !isList(tree)) return from.refuse("expected a list of numbers");
  return tree.map((n) => (typeof n === "number" ? n : from.refuse("expected a number")));
};

const parseGrid = (from: Cursor): Grid => {
  const tree = parseTree(from);
  if (!isStruct(tree)) return from.refuse("expected the record of a grid");
  const axis = tree.fields.get("axis");
  return {
    scale: numbersIn(tree.fields.get("scale"), from),
    zero: numbersIn(tree.fields.get("zero"), from),
    axis: typeof axis === "number" ? axis : from.refuse("a grid needs an axis"),
  };
};

const parseWeight = (from: Cursor, store: WeightStore): readonly [string, Weight] => {
  const name = from.word();
  from.expect(":");
  const dtype = from.word();
  if (!isDType(dtype)) return from.refuse(`${dtype} is no number type`);
  const shape = from.list("[", "]", () => from.number());
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0))
    from.refuse(`${showShape(shape)} is no shape`);
  const grid = from.peek("(") ? parseGrid(from) : null;
  from.expect("=");
  if (from.peek("[")) {
    const data = Float64Array.from(from.list("[", "]", () => from.number()));
    if (data.length !== sizeOf(shape)) from.refuse(`${data.length} values do not fill ${showShape(shape)}`);
    return [name, makeWeight({ name, shape, dtype, grid, data })];
  }
  if (from.word() !== "sha256") from.refuse("expected numbers or sha256");
  const hash = from.string();
  const data = store(hash) ?? from.refuse(`no stored numbers have hash ${hash}`);
  return [name, makeWeight({ name, shape, dtype, grid, data })];
};

const parseWeights = (from: Cursor, store: WeightStore): Source => {
  const weights = new Map<string, Weight>();
  while (from.peek("weight ")) {
    from.word();
    const [label, w] = parseWeight(from, store);
    if (weights.has(label)) from.refuse(`weight ${label} stands twice`);
    weights.set(label, w);
  }
  return { weight: (label) => weights.get(label) ?? from.refuse(`there is no weight ${label}`) };
};

const parseOrigin = (from: Cursor): Origin => {
  const name = from.string();
  if (!from.take("in ")) return { name, span: null };
  return { name, span: { file: from.string(), start: from.number(), end: from.number() } };
};

const parseOrigins = (from: Cursor): readonly Origin[] => {
  const found = [parseOrigin(from)];
  while (from.take("+")) found.push(parseOrigin(from));
  return found;
};

interface NodeText {
  readonly operands: readonly string[];
  readonly fields: ReadonlyMap<string, Tree>;
}

/** Operands are bare labels or one bracketed list of them; then come `name=value` fields. */
const parseCall = (from: Cursor): NodeText => {
  const operands: string[] = [];
  const fields = new Map<string, Tree>();
  from.list("(", ")", () => {
    if (from.peek("[")) {
      operands.push(...from.list("[", "]", () => from.word()));
      return;
    }
    const name = from.word();
    if (from.take("=")) fields.set(name, parseTree(from));
    else operands.push(name);
  });
  return { operands, fields };
};

const guarded = <T>(from: Cursor, make: () => T): T => {
  try {
    return make();
  } catch (error) {
    if (error instanceof SchemaError || error instanceof IllTyped || error instanceof RangeError)
      return from.refuse(error.message);
    throw error;
  }
};

const isOp = <D extends Dialect>(level: Level<D>, op: string): op is OpName<D> =>
  Object.hasOwn(level.ops, op);

const parseNode = <D extends Dialect>(
  level: Level<D>,
  from: Cursor,
  nodes: ReadonlyMap<string, Node<D>>,
  weights: Source,
): Node<D> => {
  const op = from.word();
  if (!isOp(level, op)) return from.refuse(`there is no op ${op}`);
  const { operands, fields } = parseCall(from);
  const inputs = operands.map((label) => nodes.get(label) ?? from.refuse(`there is no node ${label}`));
  from.expect(":");
  const type = printTree(parseTree(from));
  from.expect("@");
  const origins = parseOrigins(from);
  return guarded(from, () => {
    const node = build(
      level,
      op,
      inputs,
      fieldsFromTree(level.ops[op]?.attrs ?? {}, fields, weights),
      origins,
    );
    const inferred = printTree(level.type.toTree(node.type, { weight: () => "" }));
    return inferred === type ? node : from.refuse(`${op} is ${inferred}, the text says ${type}`);
  });
};

const isInputNode = <D extends Dialect>(node: Node<D>): node is NodeOf<D, "input" & OpName<D>> =>
  node.op === "input";

/** The inverse of `print`. Throws TextError with a line. */
export const parse = <D extends Dialect>(
  level: Level<D>,
  text: string,
  store: WeightStore = () => null,
): Graph<D> => {
  const from = new Cursor(text);
  if (from.word() !== level.name) from.refuse(`expected the keyword ${level.name}`);
  const name = from.string();
  from.expect("{");
  const weights = parseWeights(from, store);
  const nodes = new Map<string, Node<D>>();
  const outputs: Output<D>[] = [];
  while (!from.take("}")) {
    const label = from.word();
    if (label === "output" && from.peek('"')) {
      const output = from.string();
      from.expect("=");
      const value = from.word();
      outputs.push({ name: output, value: nodes.get(value) ?? from.refuse(`there is no node ${value}`) });
    } else {
      from.expect("=");
      if (nodes.has(label)) from.refuse(`node ${label} stands twice`);
      nodes.set(label, parseNode(level, from, nodes, weights));
    }
  }
  return { name, inputs: [...nodes.values()].filter((node) => isInputNode<D>(node)), outputs };
};

const printLines = (name: string, tree: Tree): readonly string[] => {
  if (!isList(tree) || tree.length === 0 || !tree.every((t) => isStruct(t)))
    return [`  ${name}=${printTree(tree)},`];
  return [`  ${name}=[`, ...tree.map((t) => `    ${printTree(t)},`), "  ],"];
};

/** Text form of a spiking network or machine program. */
export const printNetlist = <F extends Fields>(keyword: string, fields: F, value: Values<F>): string => {
  const weights = weightTable();
  const body = [...fieldsToTree(fields, value, weights.labels)].flatMap(([name, tree]) =>
    printLines(name, tree),
  );
  return [`${keyword} {`, ...weights.declare(), ...body, "}", ""].join("\n");
};

/** The inverse of `printNetlist`. Throws TextError with a line. */
export const parseNetlist = <F extends Fields>(
  keyword: string,
  fields: F,
  text: string,
  store: WeightStore = () => null,
): Values<F> => {
  const from = new Cursor(text);
  if (from.word() !== keyword) from.refuse(`expected the keyword ${keyword}`);
  from.expect("{");
  const weights = parseWeights(from, store);
  const trees = new Map<string, Tree>();
  while (!from.take("}")) {
    const name = from.word();
    from.expect("=");
    trees.set(name, parseTree(from));
    if (!from.take(",") && !from.peek("}")) from.fail("expected , between fields");
  }
  return guarded(from, () => fieldsFromTree(fields, trees, weights));
};

/** All weights that a value of the schema holds, in order of first use. */
export const weightsIn = <F extends Fields>(fields: F, value: Values<F>): readonly Weight[] => {
  const seen = new Set<Weight>();
  fieldsToTree(fields, value, {
    weight: (w) => {
      seen.add(w);
      return "";
    },
  });
  return [...seen];
};

/** All weights of a node, in order of first use. */
export const weightsOfNode = <D extends Dialect>(level: Level<D>, node: Node<D>): readonly Weight[] =>
  weightsIn(level.ops[node.op]?.attrs ?? {}, node.attrs);

/** All weights of a graph, in order of first use. */
export const weightsOf = <D extends Dialect>(level: Level<D>, graph: Graph<D>): readonly Weight[] => {
  const all = nodesOf(graph).flatMap((node) => weightsOfNode(level, node));
  return [...new Set(all)];
};

/** A store of the weights of graphs already at hand. */
export const storeOf = (weights: readonly Weight[]): WeightStore => {
  const byHash = new Map(weights.map((w) => [w.hash(), w]));
  return (hash) => byHash.get(hash)?.stored() ?? null;
};
