import {
  type Node,
  nodesOf,
  sameShape,
  type Tensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
  valuesOf,
  type Weight,
  weightsIn,
} from "../../../compiler/ir/index.ts";

/** Attributes by name, in one order: a spread may bring them in any. */
const attrsText = (node: TensorNode): string =>
  JSON.stringify(
    Object.entries(node.attrs).sort(([a], [b]) => (a < b ? -1 : 1)),
    (_key, value: unknown) => {
      if (typeof value === "number" && !Number.isFinite(value)) return String(value);
      const weightLike = typeof value === "object" && value !== null && "stored" in value;
      return weightLike ? "weight" : value;
    },
  );

const farthest = (a: Weight, b: Weight): number => {
  const [x, y] = [valuesOf(a), valuesOf(b)];
  if (!sameShape(a.shape, b.shape)) return Infinity;
  const size = x.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-30);
  return x.reduce((most, v, i) => Math.max(most, Math.abs(v - (y[i] ?? Number.NaN)) / size), 0);
};

const weightsOf = (node: TensorNode): readonly Weight[] =>
  weightsIn(tensorLevel.ops[node.op].attrs, node.attrs);

/**
 * The first difference of two graphs: ops, attributes, shapes and wiring must be the same, weights within `tolerance` of
 * their greatest entry. Names do not count. Null when the graphs are the same network.
 */
export const differenceUpTo = (a: TensorGraph, b: TensorGraph, tolerance: number): string | null => {
  const twins = new Map<Node<Tensor>, Node<Tensor>>();
  const compare = (x: TensorNode, y: TensorNode): string | null => {
    if (twins.has(x)) return twins.get(x) === y ? null : `${x.op} is wired differently`;
    twins.set(x, y);
    if (x.op !== y.op) return `${x.op} of ${x.origins[0]?.name} is ${y.op} of ${y.origins[0]?.name}`;
    if (!sameShape(x.type.shape, y.type.shape)) return `${x.op}: [${x.type.shape}] is [${y.type.shape}]`;
    if (x.op !== "input" && attrsText(x) !== attrsText(y)) return `${attrsText(x)} is ${attrsText(y)}`;
    const [v, w] = [weightsOf(x), weightsOf(y)];
    const apart = v.map((weight, i) => {
      const other = w[i];
      return other === undefined ? Infinity : farthest(weight, other);
    });
    const worst = apart.reduce((most, d) => Math.max(most, d), 0);
    if (v.length !== w.length || !(worst <= tolerance))
      return `weights of ${x.origins[0]?.name} differ by ${worst}`;
    if (x.inputs.length !== y.inputs.length) return `${x.op} reads another number of values`;
    for (const [i, input] of x.inputs.entries()) {
      const other = y.inputs[i];
      const found = other === undefined ? "a value is missing" : compare(input, other);
      if (found !== null) return found;
    }
    return null;
  };
  if (nodesOf(a).length !== nodesOf(b).length) return `${nodesOf(a).length} nodes are ${nodesOf(b).length}`;
  for (const [i, { value }] of a.outputs.entries()) {
    const other = b.outputs[i]?.value;
    const found = other === undefined ? "an output is missing" : compare(value, other);
    if (found !== null) return found;
  }
  return null;
};
