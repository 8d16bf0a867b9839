import {
  item,
  type Node,
  type NodeOf,
  type Rules,
  rewrite,
  type Shape,
  type Site,
  sameShape,
  sizeOf,
  type Tensor,
  tensorLevel,
  valuesOf,
} from "../../ir/index.ts";
import { definePass } from "../../pass/index.ts";
import { untilSettled } from "./fixpoint.ts";
import { fuseAffine } from "./fuse-affine.ts";
import { padRules } from "./merge-pads.ts";
import { viewRules } from "./simplify-views.ts";
import { transposeRules } from "./sink-transposes.ts";

// Brings a network into the form that the later passes look for: constant factors and terms sit in the weights and
// biases of the linear layer before them; no op is there that changes nothing; changes of shape stand together,
// behind the element-wise ops; dense layers take vectors.
//
// before:
//   tensor "t" {
//     weight w : f64[2, 4] = [1, 2, 3, 4, 5, 6, 7, 8]
//     weight one : f64[1] = [1]
//     weight b : f64[2] = [0.5, -0.5]
//     x = input(name="x", shape=[1, 2, 2]) : f32(shape=[1, 2, 2]) @ "x"
//     row = reshape(x, shape=[1, 4]) : f32(shape=[1, 4]) @ "row"
//     product = dense(row, weight=w) : f32(shape=[1, 2]) @ "product"
//     sum = affine(product, scale=one, shift=b) : f32(shape=[1, 2]) @ "sum"
//     relu = unary(sum, fn=relu) : f32(shape=[1, 2]) @ "relu"
//     output "y" = relu
//   }
// after:
//   tensor "t" {
//     weight w : f64[2, 4] = [1, 2, 3, 4, 5, 6, 7, 8]
//     weight w_bias : f64[2] = [0.5, -0.5]
//     x = input(name="x", shape=[1, 2, 2]) : f32(shape=[1, 2, 2]) @ "x"
//     product = reshape(x, shape=[4]) : f32(shape=[4]) @ "product"
//     product_2 = dense(product, weight=w, bias=w_bias) : f32(shape=[2]) @ "product" + "sum"
//     relu = unary(product_2, fn=relu) : f32(shape=[2]) @ "relu"
//     relu_2 = reshape(relu, shape=[1, 2]) : f32(shape=[1, 2]) @ "relu"
//     output "y" = relu_2
//   }
//
// Conditions: stated at each rule. Inputs and outputs keep their shapes. Every rule drops an op, or moves a change
// of shape towards the outputs, so the rules settle.
// Source of the manner: onnx/optimizer, onnxoptimizer/passes/fuse_add_bias_into_conv.h and its neighbours.

type Transpose = NodeOf<Tensor, "transpose">;

/** Axes of extent 1 may go anywhere: elements keep their order when the others do. */
const keepsOrder = ({ attrs: { order }, inputs: [x] }: Transpose): boolean => {
  const moved = order.filter((axis) => x.type.shape[axis] !== 1);
  return moved.every((axis, i) => i === 0 || axis > item(moved, i - 1));
};

const flat = (shape: Shape): Shape => [sizeOf(shape)];

/** A row of numbers with leading axes of extent 1. */
const isRow = (shape: Shape): boolean =>
  shape.length > 1 && shape.slice(0, -1).every((extent) => extent === 1);

/** Bounds of one function after another; relu is a lower bound of 0. */
const boundsOf = (node: Node<Tensor>): readonly [low: number, high: number] | null => {
  if (node.op !== "unary") return null;
  const { fn } = node.attrs;
  if (fn.kind === "relu") return [0, Infinity];
  return fn.kind === "clip" && fn.low <= fn.high ? [fn.low, fn.high] : null;
};

/** clip(clip(x, a, b), c, d) is one clip; without an upper bound from 0 on it is a relu, without any it is x. */
const mergeBounds = (node: NodeOf<Tensor, "unary">, { make }: Site<Tensor>): Node<Tensor> | null => {
  const outer = boundsOf(node);
  if (outer === null) return null;
  const [before] = node.inputs;
  const inner = boundsOf(before);
  const within = (x: number): number => Math.min(outer[1], Math.max(outer[0], x));
  const [low, high] = inner === null ? outer : [within(inner[0]), within(inner[1])];
  const x = inner === null ? before : item(before.inputs, 0);
  if (low === -Infinity && high === Infinity) return x;
  const kind = low === 0 && high === Infinity ? "relu" : "clip";
  if (inner === null && kind === node.attrs.fn.kind) return null;
  return make("unary", [x], { fn: kind === "relu" ? { kind } : { kind, low, high } });
};

/** The one number that all elements of a constant are. */
const uniform = (node: Node<Tensor>): number | null => {
  const value = node.op === "expand" ? node.inputs[0] : node;
  if (value.op !== "constant") return null;
  const all = valuesOf(value.attrs.value);
  const first = item(all, 0);
  return all.every((x) => x === first) ? first : null;
};

/** max(x, l) and min(x, h) for one number are bounds. */
const asBounds = (node: NodeOf<Tensor, "binary">, { make }: Site<Tensor>): Node<Tensor> | null => {
  const { fn } = node.attrs;
  if ((fn !== "maximum" && fn !== "minimum") || node.type.dtype !== "f32") return null;
  const [a, b] = node.inputs;
  const [x, bound] = uniform(b) === null ? [b, uniform(a)] : [a, uniform(b)];
  if (bound === null) return null;
  const [low, high] = fn === "maximum" ? [bound, Infinity] : [-Infinity, bound];
  return make("unary", [x], { fn: { kind: "clip", low, high } });
};

const rules: Rules<Tensor> = {
  ...viewRules,
  ...padRules,
  // Factors and terms: see `fuse-affine.ts`. One with an entry per element, or one for all, moves before a reshape.
  affine: (node, site) => {
    const [before] = node.inputs;
    const { scale, shift } = node.attrs;
    const full = sizeOf(node.type.shape);
    const movable = [scale, ...(shift === null ? [] : [shift])].every((w) =>
      [1, full].includes(sizeOf(w.shape)),
    );
    if (before.op !== "reshape" || site.uses(before) > 1 || !movable)
      return fuseAffine(node, site) ?? transposeRules.affine?.(node, site) ?? null;
    const inner = site.make("affine", before.inputs, node.attrs);
    return site.make("reshape", [inner], before.attrs, before.origins);
  },
  // f(reshape(x)) = reshape(f(x)); bounds of bounds are bounds
  unary: (node, site) => {
    const [before] = node.inputs;
    const bounded = mergeBounds(node, site) ?? transposeRules.unary?.(node, site);
    if (bounded) return bounded;
    if (before.op !== "reshape" || site.uses(before) > 1) return null;
    return site.make("reshape", [site.make("unary", before.inputs, node.attrs)], { shape: node.type.shape });
  },
  binary: asBounds,
  // W (1 x n) = (W n) as a row
  dense: (node, site) => {
    const [x] = node.inputs;
    const { make } = site;
    if (!isRow(x.type.shape)) return transposeRules.dense?.(node, site) ?? null;
    const vector = make("reshape", [x], { shape: flat(x.type.shape) });
    return make("reshape", [make("dense", [vector], node.attrs)], { shape: node.type.shape });
  },
  // reshape(reshape(x)) = reshape(x); a reshape to the shape of x is x
  reshape: (node, { make }) => {
    const [before] = node.inputs;
    if (sameShape(before.type.shape, node.attrs.shape)) return before;
    return before.op === "reshape" ? make("reshape", before.inputs, node.attrs) : null;
  },
  // transpose(transpose(x)) is one permutation; one that keeps the order of elements is a reshape
  transpose: (node, { make }) => {
    const [before] = node.inputs;
    if (keepsOrder(node)) return make("reshape", [before], { shape: node.type.shape });
    if (before.op !== "transpose") return null;
    const order = node.attrs.order.map((axis) => item(before.attrs.order, axis));
    return make("transpose", before.inputs, { order }, [...before.origins, ...node.origins]);
  },
  // The sum of one value is that value.
  add: (node, site) =>
    node.inputs.length === 1 ? item(node.inputs, 0) : (transposeRules.add?.(node, site) ?? null),
  concat: (node, site) =>
    node.inputs.length === 1 ? item(node.inputs, 0) : (transposeRules.concat?.(node, site) ?? null),
};

export const canonicalize = definePass({
  name: "canonicalize",
  level: "tensor",
  summary: "Merges constant factors, terms and changes of shape, and drops ops that change nothing.",
  contract: { kind: "exact" },
  idempotent: true,
  options: {},
  run: (graph) => untilSettled(graph, (current) => rewrite(tensorLevel, current, rules)),
});
