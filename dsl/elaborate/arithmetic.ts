import type { Span, Where } from "../../compiler/diagnostics/index.ts";
import { floats, item, sameShape, showShape, type Weight, weight } from "../../compiler/ir/core/index.ts";
import { makeTensor, type TensorNode } from "../../compiler/ir/tensor/index.ts";
import { kindFaults } from "../diagnostics/kind.ts";
import { parameterFaults } from "../diagnostics/parameter.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import { combine, negate, type Rational, type Sign, toNumber, whole } from "../rational.ts";
import type { Name } from "../syntax.ts";
import type { Body } from "./body.ts";
import { placeOf, report, userSpan } from "./context.ts";
import type { Item } from "./items.ts";
import { computedKind, type Flow, parameter, shapeOfFlow } from "./layers/layer.ts";
import { stageName } from "./naming.ts";

type ParamItem = Item & { readonly kind: "param" };

/** One side of an operator. */
export type Side = { readonly text: () => string; readonly span: Span } & (
  | { readonly kind: "tensor"; readonly flow: Flow }
  | { readonly kind: "number"; readonly value: Rational }
  | { readonly kind: "param"; readonly item: ParamItem }
);

interface Place {
  readonly body: Body;
  readonly sign: Sign;
  readonly operator: Span;
  readonly stage: string;
}

const words = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide" } as const;

const originsOf = ({ stage, operator }: Place) => [{ name: stage, span: operator }];

/** What the larger of two maps has to pass through to become the smaller one; null when no stride does it. */
const meetingBlock = (
  small: Flow,
  large: Flow,
): { readonly stride: number; readonly channels: number } | null => {
  const [to, from] = [shapeOfFlow(small), shapeOfFlow(large)];
  if (to.length !== 3 || from.length !== 3) return null;
  const stride = item(from, 1) / item(to, 1);
  const fits = Number.isInteger(stride) && stride > 1 && item(to, 2) * stride === item(from, 2);
  return fits ? { stride, channels: item(to, 0) } : null;
};

type TensorSide = Side & { readonly kind: "tensor" };

const addRemedy = (left: TensorSide, right: TensorSide): string => {
  for (const [small, large] of [
    [left, right],
    [right, left],
  ] as const) {
    const block = meetingBlock(small.flow, large.flow);
    if (block === null) continue;
    const { stride, channels } = block;
    const made = `conv_bn(${channels}, 1x1, stride: ${stride})`;
    return `\`${small.text()}\` has stride ${stride} and ${channels} channels: give \`${large.text()}\` ${made}`;
  }
  return "make both shapes equal";
};

const sums = (place: Place, nodes: readonly [TensorNode, TensorNode]): TensorNode => {
  if (place.sign === "+") return makeTensor("add", nodes, {}, originsOf(place));
  const fn = words[place.sign];
  return makeTensor("binary", nodes, { fn }, originsOf(place));
};

/** One number a channel, spread over a map of those channels. */
const spreadOver = (place: Place, node: TensorNode, shape: readonly number[]): TensorNode => {
  const column = [item(shape, 0), ...shape.slice(1).map(() => 1)];
  const reshaped = makeTensor("reshape", [node], { shape: column }, originsOf(place));
  return makeTensor("expand", [reshaped], { shape }, originsOf(place));
};

const isPerChannel = (small: readonly number[], large: readonly number[]): boolean =>
  small.length === 1 && large.length > 1 && small[0] === large[0];

const twoTensors = (place: Place, left: TensorSide, right: TensorSide): Flow | null => {
  const { body, sign, operator } = place;
  const [a, b] = [shapeOfFlow(left.flow), shapeOfFlow(right.flow)];
  const where = (): Where => placeOf(body.context, operator);
  const inputs = [left.flow, right.flow];
  if (inputs.some(({ kind }) => kind === "values") && computedKind(inputs) !== "values") {
    const holes = { left: left.flow.kind, right: right.flow.kind };
    return report(body.context, kindFaults.report("mixed", where(), holes));
  }
  let [x, y] = [left.flow.node, right.flow.node];
  if (isPerChannel(a, b)) x = spreadOver(place, x, b);
  else if (isPerChannel(b, a)) y = spreadOver(place, y, a);
  else if (!sameShape(a, b)) {
    const shapes = { left: showShape(a), right: showShape(b) };
    if (sign === "+") {
      const holes = { ...shapes, remedy: addRemedy(left, right) };
      return report(body.context, shapeFaults.report("add", where(), holes));
    }
    return report(body.context, shapeFaults.report("arithmetic", where(), { ...shapes, verb: words[sign] }));
  }
  return { node: sums(place, [x, y]), kind: computedKind(inputs), word: sign, span: operator, inputs };
};

const numberWeight = (name: string, value: Rational): Weight =>
  floats(name, [1], Float64Array.of(Math.fround(toNumber(value))), "f32");

const affine = (place: Place, node: TensorNode, scale: Rational, shift: Rational | null): TensorNode =>
  makeTensor(
    "affine",
    [node],
    {
      scale: numberWeight(`${place.stage}.scale`, scale),
      shift: shift === null ? null : numberWeight(`${place.stage}.shift`, shift),
    },
    originsOf(place),
  );

const withNumber = (place: Place, node: TensorNode, value: Rational): TensorNode | null => {
  switch (place.sign) {
    case "+":
      return affine(place, node, whole(1), value);
    case "-":
      return affine(place, node, whole(1), negate(value));
    case "*":
      return affine(place, node, value, null);
    case "/": {
      const inverse = combine("/", whole(1), value);
      return inverse === null ? null : affine(place, node, inverse, null);
    }
  }
};

const reciprocal = (place: Place, node: TensorNode): TensorNode =>
  makeTensor("unary", [node], { fn: { kind: "reciprocal" } }, originsOf(place));

const numberFirst = (place: Place, value: Rational, node: TensorNode): TensorNode => {
  switch (place.sign) {
    case "+":
      return affine(place, node, whole(1), value);
    case "-":
      return affine(place, node, whole(-1), value);
    case "*":
      return affine(place, node, value, null);
    case "/":
      return affine(place, reciprocal(place, node), value, null);
  }
};

/** A tensor of parameters computed from another one. */
const derived = (
  { body, stage, operator }: Place,
  name: string,
  of: Weight,
  change: (x: number) => number,
) => {
  const make = (given: readonly Weight[]): Weight => {
    const from = item(given, 0);
    const data = (): Float64Array => from.stored().map((x) => Math.fround(change(x)));
    return weight({ name: `${stage}.${name}`, shape: from.shape, dtype: "f32", data });
  };
  const { context, store, instance } = body;
  const site = { context, stage, span: operator, store, instance };
  return parameter(site, name, of.shape, { kind: "derived", from: [of], base: null, make });
};

const withParam = (
  place: Place,
  { flow }: TensorSide,
  { item: param, span }: Side & { readonly kind: "param" },
) => {
  const { weight } = param;
  const shape = shapeOfFlow(flow);
  const perChannel = weight.shape.length === 1 && weight.shape[0] === shape[0];
  if (!perChannel && !sameShape(weight.shape, shape)) {
    const shapes = { found: showShape(weight.shape), needs: showShape(shape) };
    const holes = { text: param.name, stage: place.stage, ...shapes };
    return report(
      place.body.context,
      parameterFaults.report("shape", placeOf(place.body.context, span), holes),
    );
  }
  const one = numberWeight(`${place.stage}.scale`, whole(1));
  const attrs = {
    "+": () => ({ scale: one, shift: weight }),
    "-": () => ({ scale: one, shift: derived(place, "shift", weight, (x) => -x) }),
    "*": () => ({ scale: weight, shift: null }),
    "/": () => ({ scale: derived(place, "scale", weight, (x) => 1 / x), shift: null }),
  }[place.sign]();
  return makeTensor("affine", [flow.node], attrs, originsOf(place));
};

const turned = (
  place: Place,
  left: Side & { readonly kind: "param" },
  right: TensorSide,
): TensorNode | null => {
  if (place.sign === "+" || place.sign === "*") return withParam(place, right, left);
  const node =
    place.sign === "-" ? affine(place, right.flow.node, whole(-1), null) : reciprocal(place, right.flow.node);
  const side: TensorSide = { ...right, flow: { ...right.flow, node } };
  return withParam({ ...place, sign: place.sign === "-" ? "+" : "*" }, side, left);
};

const flowFrom = (place: Place, node: TensorNode | null, from: Flow): Flow | null =>
  node === null
    ? null
    : { node, kind: computedKind([from]), word: place.sign, span: place.operator, inputs: [from] };

const noTensor = (place: Place): null => {
  const { body, operator } = place;
  return report(body.context, parameterFaults.report("arithmetic", placeOf(body.context, operator), {}));
};

const divided = (place: Place, span: Span): null =>
  report(place.body.context, shapeFaults.report("zero", placeOf(place.body.context, span), {}));

/** Builds `left sign right` where at least one side is a tensor. Null: a fault was reported. */
export const operate = (
  body: Body,
  left: Side,
  operator: { readonly sign: Sign; readonly span: Span },
  right: Side,
  label: Name | null,
): Flow | null => {
  const { sign } = operator;
  const span = userSpan(body.context, operator.span);
  const place: Place = { body, sign, operator: span, stage: stageName(body, label, words[sign]) };
  if (left.kind === "tensor" && right.kind === "tensor") return twoTensors(place, left, right);
  if (left.kind === "tensor" && right.kind === "number") {
    const node = withNumber(place, left.flow.node, right.value);
    return node === null ? divided(place, right.span) : flowFrom(place, node, left.flow);
  }
  if (left.kind === "number" && right.kind === "tensor")
    return flowFrom(place, numberFirst(place, left.value, right.flow.node), right.flow);
  if (left.kind === "tensor" && right.kind === "param")
    return flowFrom(place, withParam(place, left, right), left.flow);
  if (left.kind === "param" && right.kind === "tensor")
    return flowFrom(place, turned(place, left, right), right.flow);
  return noTensor(place);
};
