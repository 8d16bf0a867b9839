import {
  build,
  type Dialect,
  type Graph,
  item,
  type Json,
  jsonToTree,
  type Labels,
  type Level,
  type Node,
  type NodeOf,
  nodesOf,
  type OpName,
  type Source,
  schema,
  treeToJson,
} from "../../ir/index.ts";

const { fieldsFromTree, fieldsToTree, origins, list, int, record, text, lazy } = schema;

const tree: schema.Attr<Json> = lazy("a value", () => ({
  says: "a value",
  is: (v): v is Json => v !== undefined,
  toTree: (value) => jsonToTree(value),
  fromTree: (value) => treeToJson(value),
}));

const document = record({
  name: text,
  inputs: list(int),
  nodes: list(record({ op: text, inputs: list(int), attrs: tree, origins })),
  outputs: list(record({ name: text, node: int })),
});

/** A graph as JSON: nodes in topological order refer to their inputs by index, weights by label. */
export const graphToJson = <D extends Dialect>(level: Level<D>, graph: Graph<D>, labels: Labels): Json => {
  const nodes = nodesOf(graph);
  const indexOf = new Map(nodes.map((node, i) => [node, i]));
  const at = (node: Node<D>): number => indexOf.get(node) ?? -1;
  const shown = nodes.map((node) => ({
    op: node.op,
    inputs: node.inputs.map(at),
    attrs: treeToJson({
      kind: null,
      fields: fieldsToTree(level.ops[node.op]?.attrs ?? {}, node.attrs, labels),
    }),
    origins: node.origins,
  }));
  const outputs = graph.outputs.map((o) => ({ name: o.name, node: at(o.value) }));
  return treeToJson(
    document.toTree(
      { name: graph.name, inputs: graph.inputs.map((i) => at(i)), nodes: shown, outputs },
      labels,
    ),
  );
};

const isOp = <D extends Dialect>(level: Level<D>, op: string): op is OpName<D> =>
  Object.hasOwn(level.ops, op);

const isInput = <D extends Dialect>(node: Node<D>): node is NodeOf<D, "input" & OpName<D>> =>
  node.op === "input";

/** The inverse of `graphToJson`. Throws SchemaError, IllTyped or RangeError. */
export const graphFromJson = <D extends Dialect>(level: Level<D>, json: Json, from: Source): Graph<D> => {
  const read = document.fromTree(jsonToTree(json), from);
  const nodes: Node<D>[] = [];
  for (const { op, inputs, attrs, origins: where } of read.nodes) {
    if (!isOp(level, op)) throw new RangeError(`there is no op ${op}`);
    const parsed = jsonToTree(attrs);
    const fields =
      typeof parsed === "object" && parsed !== null && "fields" in parsed ? parsed.fields : new Map();
    const values = fieldsFromTree(level.ops[op]?.attrs ?? {}, fields, from);
    nodes.push(
      build(
        level,
        op,
        inputs.map((i) => item(nodes, i)),
        values,
        where,
      ),
    );
  }
  return {
    name: read.name,
    inputs: read.inputs.map((i) => item(nodes, i)).filter((node) => isInput<D>(node)),
    outputs: read.outputs.map((o) => ({ name: o.name, value: item(nodes, o.node) })),
  };
};
