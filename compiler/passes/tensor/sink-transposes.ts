import {
  item,
  weight as makeWeight,
  type NodeOf,
  type Rules,
  type Shape,
  type Site,
  sizeOf,
  stridesOf,
  type Tensor,
  type TensorNode,
  type Weight,
} from "../../ir/index.ts";

type Transpose = NodeOf<Tensor, "transpose">;

/** A transpose that nothing else reads. */
const lone = (node: TensorNode, { uses }: Site<Tensor>): Transpose | null =>
  node.op === "transpose" && uses(node) === 1 ? node : null;

/** f(transpose(x)) = transpose(f(x)) */
const unary = (node: NodeOf<Tensor, "unary">, site: Site<Tensor>): TensorNode | null => {
  const turn = lone(node.inputs[0], site);
  if (turn === null) return null;
  return site.make("transpose", [site.make("unary", turn.inputs, node.attrs)], turn.attrs, turn.origins);
};

/** The same for one factor and one term. */
const affine = (node: NodeOf<Tensor, "affine">, site: Site<Tensor>): TensorNode | null => {
  const turn = lone(node.inputs[0], site);
  const { scale, shift } = node.attrs;
  const single = sizeOf(scale.shape) === 1 && (shift === null || sizeOf(shift.shape) === 1);
  if (turn === null || !single) return null;
  return site.make("transpose", [site.make("affine", turn.inputs, node.attrs)], turn.attrs, turn.origins);
};

const sameOrder = (nodes: readonly TensorNode[]): Transpose | null => {
  const [first] = nodes;
  if (first?.op !== "transpose") return null;
  const { order } = first.attrs;
  return nodes.every((n) => n.op === "transpose" && n.attrs.order.every((a, i) => a === order[i]))
    ? first
    : null;
};

const sources = (nodes: readonly TensorNode[]): readonly TensorNode[] =>
  nodes.flatMap((n) => (n.op === "transpose" ? n.inputs : []));

/** transpose(x) + transpose(y) = transpose(x + y) */
const add = (node: NodeOf<Tensor, "add">, site: Site<Tensor>): TensorNode | null => {
  const turn = sameOrder(node.inputs);
  if (turn === null) return null;
  const [x, ...more] = sources(node.inputs);
  if (x === undefined) return null;
  return site.make("transpose", [site.make("add", [x, ...more], {})], turn.attrs, turn.origins);
};

const concat = (node: NodeOf<Tensor, "concat">, site: Site<Tensor>): TensorNode | null => {
  const turn = sameOrder(node.inputs);
  if (turn === null) return null;
  const [x, ...more] = sources(node.inputs);
  if (x === undefined) return null;
  const axis = item(turn.attrs.order, node.attrs.axis);
  return site.make("transpose", [site.make("concat", [x, ...more], { axis })], turn.attrs, turn.origins);
};

/** Where each element of a transposed value comes from. */
const originsOf = (from: Shape, order: readonly number[]): Int32Array => {
  const to = order.map((axis) => item(from, axis));
  const [strides, back] = [stridesOf(from), stridesOf(to)];
  return Int32Array.from({ length: sizeOf(to) }, (_, i) =>
    order.reduce(
      (at, axis, k) => at + (Math.floor(i / item(back, k)) % item(to, k)) * item(strides, axis),
      0,
    ),
  );
};

/** Column `from[i]` of the result is column i. Grids along rows stay. */
const movedColumns = (w: Weight, from: Int32Array): Weight => {
  const columns = item(w.shape, 1);
  const stored = w.stored();
  const data = new Float64Array(stored.length);
  for (let i = 0; i < stored.length; i++) {
    const column = i % columns;
    data[i - column + item(from, column)] = item(stored, i);
  }
  return makeWeight({ name: w.name, shape: w.shape, dtype: w.dtype, grid: w.grid, data });
};

/** dense(flat(transpose(x)), W) = dense(flat(x), W with its columns in the order of x) */
const dense = (node: NodeOf<Tensor, "dense">, site: Site<Tensor>): TensorNode | null => {
  const [flat] = node.inputs;
  const { weight } = node.attrs;
  if (flat.op !== "reshape" || flat.type.shape.length !== 1 || site.uses(flat) > 1) return null;
  const turn = lone(flat.inputs[0], site);
  if (turn === null || (weight.grid !== null && weight.grid.axis !== 0)) return null;
  const [x] = turn.inputs;
  const moved = movedColumns(weight, originsOf(x.type.shape, turn.attrs.order));
  const row = site.make("reshape", [x], flat.attrs, [...turn.origins, ...flat.origins]);
  return site.make("dense", [row], { ...node.attrs, weight: moved });
};

/** Transposes of channels-last exports move towards the outputs, where they meet their inverse or a dense layer. */
export const transposeRules: Rules<Tensor> = { unary, affine, add, concat, dense };
