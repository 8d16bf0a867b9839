import type { Origin } from "../../diagnostics/index.ts";
import { type Args, type Attr, complete, type Fields, type Values } from "./schema.ts";

export type Arity = "none" | "one" | "two" | "three" | "some";

/** One op of a level: how many inputs it takes and which attributes it has. */
export interface Op {
  readonly inputs: Arity;
  readonly attrs: Fields;
}

export const leaf = <const F extends Fields>(attrs: F) => ({ inputs: "none", attrs }) as const;
export const one = <const F extends Fields>(attrs: F) => ({ inputs: "one", attrs }) as const;
export const two = <const F extends Fields>(attrs: F) => ({ inputs: "two", attrs }) as const;
export const three = <const F extends Fields>(attrs: F) => ({ inputs: "three", attrs }) as const;
export const some = <const F extends Fields>(attrs: F) => ({ inputs: "some", attrs }) as const;

/** The two types that make a level: its op table and the type of a value. */
export interface Dialect {
  readonly ops: Readonly<Record<string, Op>>;
  readonly type: unknown;
}

export type OpName<D extends Dialect> = keyof D["ops"] & string;

interface Tuples<N> {
  readonly none: readonly [];
  readonly one: readonly [N];
  readonly two: readonly [N, N];
  readonly three: readonly [N, N, N];
  readonly some: readonly N[];
}

/** A node before its type is known; one member per op, so `op` discriminates. */
export type Draft<D extends Dialect, K extends OpName<D> = OpName<D>> = {
  readonly [P in K]: {
    readonly op: P;
    readonly inputs: Tuples<Node<D>>[D["ops"][P]["inputs"]];
    readonly attrs: Values<D["ops"][P]["attrs"]>;
    readonly origins: readonly Origin[];
  };
}[K];

export type NodeOf<D extends Dialect, K extends OpName<D>> = Draft<D, K> & { readonly type: D["type"] };

export type Node<D extends Dialect> = NodeOf<D, OpName<D>>;

export interface Output<D extends Dialect> {
  readonly name: string;
  readonly value: Node<D>;
}

export interface Graph<D extends Dialect> {
  readonly name: string;
  readonly inputs: readonly NodeOf<D, "input" & OpName<D>>[];
  readonly outputs: readonly Output<D>[];
}

/** A total table: a new op is a type error in every one of them. */
export type PerOp<D extends Dialect, V> = {
  readonly [K in OpName<D>]: (node: NodeOf<D, K>, of: (input: Node<D>) => V) => V;
};

export interface Level<D extends Dialect> {
  readonly name: string;
  readonly ops: D["ops"];
  readonly type: Attr<D["type"]>;
  readonly typeOf: { readonly [K in OpName<D>]: (draft: Draft<D, K>) => D["type"] };
}

/** `make("conv", [x], { weight })`: typed by the op table, nothing to extend when an op is added. */
export type Make<D extends Dialect> = <K extends OpName<D>>(
  op: K,
  inputs: Draft<D, K>["inputs"],
  attrs: Args<D["ops"][K]["attrs"]>,
  origins?: readonly Origin[],
) => NodeOf<D, K>;

/** A rule sees a node whose inputs are already rewritten; null keeps it. `make` gives new nodes the matched node's origins. */
export interface Site<D extends Dialect> {
  readonly make: Make<D>;
  readonly uses: (value: Node<D>) => number;
}

export type Rules<D extends Dialect> = {
  readonly [K in OpName<D>]?: (node: NodeOf<D, K>, site: Site<D>) => Node<D> | null;
};

/** A node that breaks the rules of its op; the message says which and with which numbers. */
export class IllTyped extends Error {
  constructor(message: string) {
    super(message);
    this.name = "IllTyped";
  }
}

/** Throws IllTyped with the message when a rule does not hold. */
export const demand = (holds: boolean, message: () => string): void => {
  if (!holds) throw new IllTyped(message());
};

const arities: Readonly<Record<Arity, (n: number) => boolean>> = {
  none: (n) => n === 0,
  one: (n) => n === 1,
  two: (n) => n === 2,
  three: (n) => n === 3,
  some: (n) => n > 0,
};

interface Shell {
  readonly op: string;
  readonly inputs: readonly unknown[];
  readonly attrs: unknown;
  readonly origins: readonly Origin[];
}

const isDraft = <D extends Dialect, K extends OpName<D>>(
  level: Level<D>,
  op: K,
  shell: unknown,
): shell is Draft<D, K> => {
  if (typeof shell !== "object" || shell === null || !("op" in shell) || !("inputs" in shell)) return false;
  return shell.op === op && Array.isArray(shell.inputs) && arities[arityOf(level, op)](shell.inputs.length);
};

const arityOf = <D extends Dialect>(level: Level<D>, op: OpName<D>): Arity => {
  const declared: Op | undefined = level.ops[op];
  if (declared === undefined) throw new IllTyped(`there is no op ${op}`);
  return declared.inputs;
};

const withType = <D extends Dialect, K extends OpName<D>>(
  draft: Draft<D, K>,
  type: D["type"],
): NodeOf<D, K> => Object.assign(draft, { type });

/** Makes a node from loose parts: attributes are completed and checked, the type is inferred. Throws IllTyped, SchemaError. */
export const build = <D extends Dialect, K extends OpName<D>>(
  level: Level<D>,
  op: K,
  inputs: readonly Node<D>[],
  attrs: unknown,
  origins: readonly Origin[],
): NodeOf<D, K> => {
  const shell: Shell = { op, inputs, attrs, origins };
  if (!isDraft(level, op, shell)) throw new IllTyped(`${op} does not take ${inputs.length} inputs`);
  const rule: (draft: Draft<D, K>) => D["type"] = level.typeOf[op];
  return withType<D, K>(shell, rule(shell));
};

/** The typed builder: completes fallbacks, checks attributes, infers the type, refuses the ill-typed. */
export const maker =
  <D extends Dialect>(level: Level<D>, defaults: readonly Origin[] = []): Make<D> =>
  <K extends OpName<D>>(
    op: K,
    inputs: Draft<D, K>["inputs"],
    attrs: Args<D["ops"][K]["attrs"]>,
    origins: readonly Origin[] = defaults,
  ): NodeOf<D, K> => {
    const fields: D["ops"][K]["attrs"] = level.ops[op]?.attrs ?? {};
    const list: readonly Node<D>[] = inputs;
    return build<D, K>(level, op, list, complete(fields, attrs), origins);
  };

const inputsOf = <D extends Dialect>(node: Node<D>): readonly Node<D>[] => node.inputs;

/**
 * Every node that the roots reach, inputs first; order depends on structure alone. The walk does not go to inputs that
 * are known: whoever asks root by root walks a shared part once.
 */
export const reachable = <D extends Dialect>(
  roots: readonly Node<D>[],
  isKnown: (node: Node<D>) => boolean = () => false,
): readonly Node<D>[] => {
  const done = new Set<Node<D>>();
  const stack = [...roots].reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1];
    if (node === undefined) break;
    const missing = done.has(node)
      ? []
      : inputsOf(node).filter((input) => !done.has(input) && !isKnown(input));
    if (missing.length > 0) stack.push(...missing.reverse());
    else {
      done.add(node);
      stack.pop();
    }
  }
  return [...done];
};

/** Inputs of the graph in their order, then all other nodes in topological order. */
export const nodesOf = <D extends Dialect>(graph: Graph<D>): readonly Node<D>[] => {
  const listed: readonly Node<D>[] = graph.inputs;
  const rest = reachable(graph.outputs.map((o) => o.value)).filter((node) => !listed.includes(node));
  return [...listed, ...rest];
};

/** How often each node is read, by nodes and by outputs. */
export const usesOf = <D extends Dialect>(graph: Graph<D>): ((value: Node<D>) => number) => {
  const counts = new Map<Node<D>, number>();
  const count = (node: Node<D>): void => {
    counts.set(node, (counts.get(node) ?? 0) + 1);
  };
  for (const node of nodesOf(graph)) inputsOf(node).forEach(count);
  for (const output of graph.outputs) count(output.value);
  return (value) => counts.get(value) ?? 0;
};

/** The table's entry for the op of a node. */
export const visit = <D extends Dialect, K extends OpName<D>, V>(
  table: PerOp<D, V>,
  op: K,
  node: NodeOf<D, K>,
  of: (input: Node<D>) => V,
): V => table[op](node, of);

/** A value for every node from the values of its inputs; cached by node, never stale since a node is its whole history. */
export const fold = <D extends Dialect, V>(table: PerOp<D, V>): ((node: Node<D>) => V) => {
  const cache = new WeakMap<object, { readonly value: V }>();
  const cached = (node: Node<D>): V => {
    const found = cache.get(node);
    if (found === undefined) throw new Error("a fold read a node that is no input");
    return found.value;
  };
  return (root) => {
    if (!cache.has(root)) {
      for (const node of reachable([root], (input) => cache.has(input)))
        cache.set(node, { value: visit<D, OpName<D>, V>(table, node.op, node, cached) });
    }
    return cached(root);
  };
};

const applyRule = <D extends Dialect, K extends OpName<D>>(
  rules: Rules<D>,
  op: K,
  node: NodeOf<D, K>,
  site: Site<D>,
): Node<D> | null => rules[op]?.(node, site) ?? null;

const isInput = <D extends Dialect>(node: Node<D>): node is NodeOf<D, "input" & OpName<D>> =>
  node.op === "input";

/** Rebuilds a graph from a map of its nodes; inputs stay listed when they are still inputs. */
const rebuilt = <D extends Dialect>(graph: Graph<D>, of: (node: Node<D>) => Node<D>): Graph<D> => {
  const outputs = graph.outputs.map((o) => ({ name: o.name, value: of(o.value) }));
  const inputs = graph.inputs.map((i) => of(i)).filter((i) => isInput<D>(i));
  const same =
    outputs.every((o, i) => o.value === graph.outputs[i]?.value) &&
    inputs.every((n, i) => n === graph.inputs[i]);
  return same ? graph : { name: graph.name, inputs, outputs };
};

/** The node itself when no input changed, else the same op on the new inputs, its type inferred again. */
export const withInputs = <D extends Dialect>(
  level: Level<D>,
  node: Node<D>,
  inputs: readonly Node<D>[],
): Node<D> => {
  const old = inputsOf(node);
  if (inputs.every((input, i) => input === old[i])) return node;
  return build<D, OpName<D>>(level, node.op, inputs, node.attrs, node.origins);
};

/** A graph in which every node is what `change` makes of it on its new inputs; null keeps the node. */
export const transform = <D extends Dialect>(
  level: Level<D>,
  graph: Graph<D>,
  change: (node: Node<D>, inputs: readonly Node<D>[]) => Node<D> | null,
): Graph<D> => {
  const done = new Map<Node<D>, Node<D>>();
  const of = (node: Node<D>): Node<D> => done.get(node) ?? node;
  for (const node of nodesOf(graph)) {
    const inputs = inputsOf(node).map(of);
    done.set(node, change(node, inputs) ?? withInputs(level, node, inputs));
  }
  return rebuilt(graph, of);
};

/** One sweep, inputs first; untouched nodes and graphs stay the same object. */
export const rewrite = <D extends Dialect>(level: Level<D>, graph: Graph<D>, rules: Rules<D>): Graph<D> => {
  const counts = usesOf(graph);
  // A value may stand for several nodes of the old graph, when a rule answers with the input of a node.
  const originals = new Map<Node<D>, Set<Node<D>>>();
  const standsFor = (value: Node<D>, node: Node<D>): void => {
    originals.set(value, (originals.get(value) ?? new Set()).add(node));
  };
  return transform(level, graph, (node, inputs) => {
    const moved = withInputs(level, node, inputs);
    standsFor(moved, node);
    const site: Site<D> = {
      make: maker(level, node.origins),
      uses: (value) => [...(originals.get(value) ?? [value])].reduce((sum, old) => sum + counts(old), 0),
    };
    const changed = applyRule<D, OpName<D>>(rules, moved.op, moved, site);
    if (changed !== null) standsFor(changed, node);
    return changed ?? moved;
  });
};

/** Analysis of a whole graph, cached by graph object. */
export const perGraph = <G extends object, V>(analyse: (graph: G) => V): ((graph: G) => V) => {
  const cache = new WeakMap<G, { readonly value: V }>();
  return (graph) => {
    const found = cache.get(graph) ?? { value: analyse(graph) };
    cache.set(graph, found);
    return found.value;
  };
};
