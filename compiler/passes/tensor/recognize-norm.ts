import {
  item,
  type NodeOf,
  type Site,
  sameShape,
  sizeOf,
  type Tensor,
  type TensorNode,
  valuesOf,
} from "../../ir/index.ts";

type Reduce = NodeOf<Tensor, "reduce">;

/** What is broadcast back. */
const unspread = (node: TensorNode): TensorNode => (node.op === "expand" ? node.inputs[0] : node);

/** A mean that lines up with what it was taken of: an axis that is left out would move the others. */
const meanOf = (node: TensorNode): Reduce | null => {
  const value = unspread(node);
  if (value.op !== "reduce" || value.attrs.fn !== "mean") return null;
  const { keep, axes } = value.attrs;
  return keep || axes.every((axis, i) => axis === i) ? value : null;
};

/** x - mean(x) over the axes of the mean. */
const centred = (node: TensorNode): { readonly x: TensorNode; readonly axes: readonly number[] } | null => {
  if (node.op !== "binary" || node.attrs.fn !== "subtract") return null;
  const [x, spread] = node.inputs;
  const mean = meanOf(spread);
  return mean !== null && mean.inputs[0] === x ? { x, axes: mean.attrs.axes } : null;
};

const isTwo = (node: TensorNode): boolean => {
  const value = unspread(node);
  return value.op === "constant" && valuesOf(value.attrs.value).every((n) => n === 2);
};

/** y^2, as a product or a power. */
const squareOf = (node: TensorNode): TensorNode | null => {
  if (node.op !== "binary") return null;
  const [a, b] = node.inputs;
  if (node.attrs.fn === "multiply" && a === b) return a;
  return node.attrs.fn === "power" && isTwo(b) ? a : null;
};

/** sqrt(mean(y^2) + epsilon) */
const deviation = (
  node: TensorNode,
): { readonly y: TensorNode; readonly axes: readonly number[]; readonly epsilon: number } | null => {
  const root = unspread(node);
  if (root.op !== "unary" || root.attrs.fn.kind !== "sqrt") return null;
  const [sum] = root.inputs;
  const shifted = sum.op === "affine" ? sum : null;
  if (
    shifted !== null &&
    (sizeOf(shifted.attrs.scale.shape) !== 1 || item(valuesOf(shifted.attrs.scale), 0) !== 1)
  )
    return null;
  const shift = shifted?.attrs.shift ?? null;
  if (shift !== null && sizeOf(shift.shape) !== 1) return null;
  const mean = meanOf(shifted === null ? sum : shifted.inputs[0]);
  const y = mean === null ? null : squareOf(mean.inputs[0]);
  if (mean === null || y === null) return null;
  return { y, axes: mean.attrs.axes, epsilon: shift === null ? 0 : item(valuesOf(shift), 0) };
};

/** (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon), and the same without the mean. */
export const recognizeNorm = (node: NodeOf<Tensor, "binary">, { make }: Site<Tensor>): TensorNode | null => {
  const [y, below] = node.inputs;
  const found = deviation(below);
  if (found === null || found.y !== y) return null;
  const { axes, epsilon } = found;
  const inner = centred(y);
  const center = inner !== null && sameShape(inner.axes, axes);
  return make("normalize", [center ? inner.x : y], { axes, center, norm: "rms", epsilon });
};
