import { item, type Shape, sameShape, showShape, sizeOf } from "../../../ir/core/index.ts";
import type { TensorNode } from "../../../ir/tensor/index.ts";
import type { ElementName } from "../decode/index.ts";
import { limits } from "../decode/limits.ts";
import { constantNode } from "./constant-node.ts";
import { type Site, tooLarge, wrongAttribute, wrongShape } from "./site.ts";
import { axisFrom, type Computed, constant, type Value, wholeShape } from "./value.ts";
import { reshapedWeight } from "./weights.ts";

/** A node in another shape of the same size; reshapes of reshapes become one. */
export const viewAs = (site: Site, node: TensorNode, shape: Shape): TensorNode => {
  const from = node.op === "reshape" ? node.inputs[0] : node;
  if (sameShape(node.type.shape, shape)) return node;
  return sameShape(from.type.shape, shape) ? from : site.make("reshape", [from], { shape });
};

/** The node of a value in the shape that ONNX sees. */
export const whole = (site: Site, value: Value): TensorNode =>
  value.kind === "constant" ? constantNode(site, value) : viewAs(site, value.node, wholeShape(value));

/** The value of a node that has the shape that ONNX sees. */
export const settled = (site: Site, node: TensorNode, element: ElementName): Computed => {
  const { shape } = node.type;
  const lead = shape[0] === 1;
  return { kind: "computed", node: lead ? viewAs(site, node, shape.slice(1)) : node, lead, element };
};

/** A value in another shape, which must be of the same size. */
export const reshaped = (site: Site, value: Value, shape: Shape): Value => {
  const from = wholeShape(value);
  if (sameShape(from, shape)) return value;
  if (sizeOf(from) !== sizeOf(shape))
    return wrongShape(site, `${showShape(from)} does not reshape to ${showShape(shape)}`);
  if (value.kind === "computed") return settled(site, viewAs(site, whole(site, value), shape), value.element);
  const made = site.derive(value.weight, `reshape ${shape.join("x")}`, (w) => reshapedWeight(w, shape));
  return constant(made, value.element);
};

/** `node` is the value of one sample when `lead`, else the whole value. */
export const settledAs = (site: Site, node: TensorNode, lead: boolean, element: ElementName): Computed =>
  lead ? { kind: "computed", node, lead, element } : settled(site, node, element);

/** An axis counted from 0, or a fault of the attribute. */
export const axisOf = (site: Site, stated: number, rank: number, attribute = "axis"): number =>
  axisFrom(stated, rank) ?? wrongAttribute(site, attribute, `it is ${stated}, the input has ${rank} axes`);

/** Axes counted from 0, rising, each once. */
export const axesOf = (site: Site, stated: readonly number[], rank: number): readonly number[] => {
  const axes = stated.map((axis) => axisOf(site, axis, rank, "axes")).sort((a, b) => a - b);
  if (new Set(axes).size !== axes.length)
    return wrongAttribute(site, "axes", `an axis stands twice in [${stated.join(", ")}]`);
  return axes;
};

interface OnAxes {
  readonly node: TensorNode;
  /** The axes as the node counts them. */
  readonly axes: readonly number[];
  readonly lead: boolean;
}

/** A value for an op that works along axes of the whole shape: one sample when it can be, the whole value else. */
export const onAxes = (site: Site, value: Value, axes: readonly number[]): OnAxes => {
  if (value.kind === "computed" && value.lead && !axes.includes(0))
    return { node: value.node, axes: axes.map((axis) => axis - 1), lead: true };
  return { node: whole(site, value), axes, lead: false };
};

/** The shape of values that broadcast together. */
export const broadcastShape = (site: Site, shapes: readonly Shape[]): Shape => {
  const rank = shapes.reduce((most, shape) => Math.max(most, shape.length), 0);
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.flatMap((shape) => shape[axis - rank + shape.length] ?? []);
    const wide = extents.find((extent) => extent !== 1) ?? 1;
    if (extents.every((extent) => extent === 1 || extent === wide)) return wide;
    return wrongShape(site, "they do not broadcast together");
  });
};

export const expandTo = (site: Site, node: TensorNode, shape: Shape): TensorNode =>
  sameShape(node.type.shape, shape) ? node : site.make("expand", [node], { shape });

/** A shape that a model asks for, when a tensor can have it. */
export const bounded = (site: Site, shape: Shape): Shape => {
  const wrong = shape.find((extent) => !(Number.isInteger(extent) && extent >= 0));
  if (wrong !== undefined) return wrongShape(site, `an extent of ${wrong} is asked for`);
  const count = sizeOf(shape);
  return count <= limits.elements ? shape : tooLarge(site, "values in one tensor", count, limits.elements);
};

interface Aligned {
  readonly nodes: readonly TensorNode[];
  readonly lead: boolean;
}

/** Values of equal shapes for an element-wise op: samples when all have the batch of one or fewer axes, else whole. */
export const aligned = (site: Site, values: readonly Value[]): Aligned => {
  const shapes = values.map(wholeShape);
  const shape = bounded(site, broadcastShape(site, shapes));
  const lead = shape[0] === 1 && values.some((v) => v.kind === "computed" && v.lead);
  const to = lead ? shape.slice(1) : shape;
  const nodes = values.map((value, i) => {
    const own = item(shapes, i);
    const node = whole(site, value);
    return expandTo(site, lead && own.length === shape.length ? viewAs(site, node, own.slice(1)) : node, to);
  });
  return { nodes, lead };
};

/** Nodes one behind the other along an axis; one alone stays as it is. */
export const inARow = (site: Site, nodes: readonly TensorNode[], axis: number): TensorNode =>
  nodes.length === 1 ? item(nodes, 0) : site.make("concat", nodes, { axis });

/** Samples of a batch that are read one by one, at most. */
export const samplesInBatch = 1024;

/** A rule for one sample [C, ...] on every index of the first axis of [N, C, ...]. */
export const perSample = (
  site: Site,
  value: Value,
  rule: (sample: TensorNode) => TensorNode,
  element: ElementName = value.element,
): Computed => {
  if (value.kind === "computed" && value.lead)
    return { kind: "computed", node: rule(value.node), lead: true, element };
  const node = whole(site, value);
  const { shape } = node.type;
  const [count = 0, ...rest] = shape;
  if (shape.length === 0 || count === 0) return wrongShape(site, "a batch of at least one is needed");
  if (count > samplesInBatch) return tooLarge(site, "samples in a batch", count, samplesInBatch);
  const parts = Array.from({ length: count }, (_, n) => {
    const starts = shape.map((_extent, axis) => (axis === 0 ? n : 0));
    const one = count === 1 ? node : site.make("slice", [node], { starts, sizes: [1, ...rest] });
    const made = rule(viewAs(site, one, rest));
    return viewAs(site, made, [1, ...made.type.shape]);
  });
  return settled(site, inARow(site, parts, 0), element);
};
