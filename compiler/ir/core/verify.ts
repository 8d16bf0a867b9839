import { build, type Dialect, type Graph, IllTyped, type Level, type Node, nodesOf } from "./graph.ts";
import { SchemaError } from "./schema.ts";
import { weightsOf } from "./text.ts";
import { printTree } from "./tree.ts";

/** A named rule of a level; `violations` gives one sentence per broken place. */
export interface Invariant<G> {
  readonly name: string;
  readonly says: string;
  readonly violations: (graph: G) => readonly string[];
}

/** A graph that breaks invariants of its level: always a fault of the pass that made it. */
export class Invalid extends Error {
  readonly violations: readonly string[];

  constructor(violations: readonly string[]) {
    super(violations.join("\n"));
    this.name = "Invalid";
    this.violations = violations;
  }
}

/** All violations, each headed by the name of its invariant. */
export const violationsOf = <G>(invariants: readonly Invariant<G>[], graph: G): readonly string[] =>
  invariants.flatMap((i) => i.violations(graph).map((v) => `${i.name} (${i.says}): ${v}`));

const nameOf = <D extends Dialect>(node: Node<D>): string => node.origins[0]?.name ?? node.op;

const retyped = <D extends Dialect>(level: Level<D>, node: Node<D>): string | null => {
  const shown = (type: D["type"]): string => printTree(level.type.toTree(type, { weight: () => "" }));
  try {
    const again = shown(build(level, node.op, node.inputs, node.attrs, node.origins).type);
    return again === shown(node.type)
      ? null
      : `${nameOf(node)} is ${shown(node.type)}, its rule says ${again}`;
  } catch (error) {
    if (error instanceof IllTyped || error instanceof SchemaError) return `${nameOf(node)}: ${error.message}`;
    throw error;
  }
};

const repeated = (names: readonly string[]): readonly string[] =>
  names.filter((name, i) => names.indexOf(name) !== i);

/** D1 to D5, which both graph levels share. */
export const graphInvariants = <D extends Dialect>(level: Level<D>): readonly Invariant<Graph<D>>[] => [
  {
    name: "D1",
    says: "the type of every node is what its rule infers",
    violations: (graph) => nodesOf(graph).flatMap((node) => retyped(level, node) ?? []),
  },
  {
    name: "D2",
    says: "attributes fit the schema exactly",
    violations: (graph) =>
      nodesOf(graph).flatMap((node) => {
        const fields = level.ops[node.op]?.attrs ?? {};
        const given: Readonly<Record<string, unknown>> = node.attrs;
        const wrong = Object.entries(fields).filter(([name, attr]) => !attr.is(given[name]));
        const extra = Object.keys(given).filter((name) => !Object.hasOwn(fields, name));
        return [...wrong.map(([name]) => name), ...extra].map((name) => `${nameOf(node)}: ${name}`);
      }),
  },
  {
    name: "D3",
    says: "input and output names are unique and every reachable input is listed",
    violations: (graph) => {
      const names = graph.inputs.map((i) => String(i.attrs.name));
      const unlisted = nodesOf(graph).filter(
        (node) => node.op === "input" && !graph.inputs.some((i) => i === node),
      );
      return [
        ...repeated(names).map((n) => `input ${n} twice`),
        ...repeated(graph.outputs.map((o) => o.name)).map((n) => `output ${n} twice`),
        ...unlisted.map((node) => `${nameOf(node)} is not listed`),
      ];
    },
  },
  {
    name: "D4",
    says: "every node has an origin",
    violations: (graph) => nodesOf(graph).flatMap((node) => (node.origins.length === 0 ? [node.op] : [])),
  },
  {
    name: "D5",
    says: "stored numbers of a weight are finite and as many as its shape says",
    violations: (graph) =>
      weightsOf(level, graph).flatMap((w) => {
        try {
          const at = w.stored().findIndex((n) => !Number.isFinite(n));
          return at < 0 ? [] : [`${w.name}[${at}] is ${w.stored()[at]}`];
        } catch (error) {
          if (error instanceof RangeError) return [error.message];
          throw error;
        }
      }),
  },
];
