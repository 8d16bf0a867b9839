import { item, type NodeOf, sameShape, type Weight } from "../../../../ir/core/index.ts";
import type { Tensor } from "../../../../ir/tensor/index.ts";
import { nonFiniteIn } from "../../decode/index.ts";
import { flagOf, intOf } from "../attributes.ts";
import { wrapped } from "../elements.ts";
import { aligned, axisOf, broadcastShape, reshaped, settledAs } from "../forms.ts";
import { type Importer, type Site, valueAt } from "../site.ts";
import { type Computed, constant, isFloating, type Value, wholeShape } from "../value.ts";
import { mappedWeight, single } from "../weights.ts";
import { broadcastTo } from "./broadcast.ts";

// One object each, so that all nodes share them.
const one = single("one", 1);
const minusOne = single("minus_one", -1);

type Fn = NodeOf<Tensor, "binary">["attrs"]["fn"];

/** scale x + shift with constants that broadcast to x. */
export const affine = (site: Site, x: Computed, scale: Weight | null, shift: Weight | null): Computed => ({
  ...x,
  node: site.make("affine", [x.node], {
    scale: scale === null ? one : broadcastTo(site, scale, x.node.type.shape),
    shift: shift === null ? null : broadcastTo(site, shift, x.node.type.shape),
  }),
});

/** fn(a, b), or a + b, of any two values. */
export const combined = (site: Site, fn: Fn | "add", a: Value, b: Value): Computed => {
  const {
    nodes: [x, y],
    lead,
  } = aligned(site, [a, b]);
  if (x === undefined || y === undefined) throw new Error("two values align to two nodes");
  if (fn === "add")
    return settledAs(site, wrapped(site, site.make("add", [x, y], {}), a.element), lead, a.element);
  const node = site.make("binary", [x, y], { fn });
  if (node.type.dtype === "bool") return settledAs(site, node, lead, "BOOL");
  return settledAs(site, wrapped(site, node, a.element), lead, a.element);
};

/** True when `c` is a constant of floats that broadcasts to `x` and leaves its shape. */
const scales = (site: Site, x: Value, c: Value): x is Computed =>
  x.kind === "computed" &&
  c.kind === "constant" &&
  isFloating(x.element) &&
  sameShape(broadcastShape(site, [wholeShape(x), wholeShape(c)]), wholeShape(x)) &&
  x.node.type.shape.length > 0;

const negated = (site: Site, w: Weight): Weight =>
  site.derive(w, "negate", (from) => mappedWeight(from, (x) => -x));

/** The inverse of a divisor, or null when an entry has none. */
const inverse = (site: Site, w: Weight): Weight | null =>
  w.stored().every((x) => Number.isFinite(1 / x) && x !== 0)
    ? site.derive(w, "inverse", (from) => mappedWeight(from, (x) => 1 / x))
    : null;

const finite = (value: Value): value is Extract<Value, { readonly kind: "constant" }> =>
  value.kind === "constant" && nonFiniteIn(value.weight) < 0;

/** a + b; a constant addend becomes the shift of an affine. */
export const plus = (site: Site, a: Value, b: Value): Value => {
  if (finite(b) && scales(site, a, b)) return affine(site, a, null, b.weight);
  if (finite(a) && scales(site, b, a)) return affine(site, b, null, a.weight);
  return combined(site, "add", a, b);
};

export const minus = (site: Site, a: Value, b: Value): Value => {
  if (finite(b) && scales(site, a, b)) return affine(site, a, null, negated(site, b.weight));
  if (finite(a) && scales(site, b, a)) return affine(site, b, minusOne, a.weight);
  return combined(site, "subtract", a, b);
};

export const times = (site: Site, a: Value, b: Value): Value => {
  if (finite(b) && scales(site, a, b)) return affine(site, a, b.weight, null);
  if (finite(a) && scales(site, b, a)) return affine(site, b, a.weight, null);
  return combined(site, "multiply", a, b);
};

export const over = (site: Site, a: Value, b: Value): Value => {
  if (finite(b) && scales(site, a, b)) {
    const factor = inverse(site, b.weight);
    if (factor !== null) return affine(site, a, factor, null);
  }
  return combined(site, "divide", a, b);
};

type Two = (site: Site, a: Value, b: Value) => Value;

const old = ["axis", "broadcast", "consumed_inputs"];

/** Before opset 7 the second operand is aligned at `axis`, not at the end. */
const second = (site: Site): Value => {
  const [a, b] = [valueAt(site, 0), valueAt(site, 1)];
  if (!site.node.attributes.has("axis") || site.opset >= 7) return b;
  const { length } = wholeShape(a);
  const own = wholeShape(b);
  const behind = length - axisOf(site, intOf(site, "axis", 0), length) - own.length;
  return behind <= 0 ? b : reshaped(site, b, [...own, ...Array.from({ length: behind }, () => 1)]);
};

const twoOperands = (rule: Two, attributes: readonly string[] = []): Importer => ({
  inputs: [2, 2],
  attributes,
  run: (site) => rule(site, valueAt(site, 0), second(site)),
});

const by =
  (fn: Fn): Two =>
  (site, a, b) =>
    combined(site, fn, a, b);

const swapped =
  (fn: Fn): Two =>
  (site, a, b) =>
    combined(site, fn, b, a);

/** x mod y has the sign of y; with fmod that of x. */
const modulo: Two = (site, a, b) =>
  combined(site, flagOf(site, "fmod", false) ? "remainder" : "modulo", a, b);

const many = (rule: Two): Importer => ({
  inputs: [1, 1024],
  attributes: ["consumed_inputs"],
  run: (site) =>
    site.node.inputs.map((_, i) => valueAt(site, i)).reduce((sum, value) => rule(site, sum, value)),
});

/** Sum of all inputs; of computed values of one shape, one `add`. */
const total = (site: Site): Value => {
  const values = site.node.inputs.map((_, i) => valueAt(site, i));
  const first = item(values, 0);
  const alike = values.every((v) => v.kind === "computed" && sameShape(wholeShape(v), wholeShape(first)));
  if (!alike || values.length === 1) return values.reduce((x, y) => plus(site, x, y));
  const { nodes, lead } = aligned(site, values);
  return settledAs(site, site.make("add", nodes, {}), lead, first.element);
};

const sum: Importer = {
  inputs: [1, 1024],
  attributes: ["consumed_inputs"],
  run: total,
};

/** Sum over count. */
const mean: Importer = {
  ...sum,
  run: (site) => times(site, total(site), constant(single("share", 1 / site.inputs.length))),
};

const where: Importer = {
  inputs: [3, 3],
  attributes: [],
  run: (site) => {
    const { nodes, lead } = aligned(site, [valueAt(site, 0), valueAt(site, 1), valueAt(site, 2)]);
    const [picks, x, y] = [item(nodes, 0), item(nodes, 1), item(nodes, 2)];
    return settledAs(site, site.make("select", [picks, x, y], {}), lead, valueAt(site, 1).element);
  },
};

/** Before opset 7 a slope has one entry a channel. */
const slopeOf = (site: Site): Value => {
  const [x, slope] = [wholeShape(valueAt(site, 0)), valueAt(site, 1)];
  const shape = wholeShape(slope);
  if (site.opset >= 7 || shape.length !== 1 || shape[0] === 1) return slope;
  return reshaped(site, slope, [...shape, ...x.slice(2).map(() => 1)]);
};

/** x >= 0 ? x : slope x; the slope broadcasts to x. */
const prelu: Importer = {
  inputs: [2, 2],
  attributes: [],
  run: (site) => {
    const [x, slope] = [valueAt(site, 0), slopeOf(site)];
    if (finite(slope) && scales(site, x, slope)) {
      const entries = broadcastTo(site, slope.weight, x.node.type.shape);
      return { ...x, node: site.make("prelu", [x.node], { slope: entries }) };
    }
    const zero = combined(site, "subtract", x, x);
    const { nodes, lead } = aligned(site, [
      combined(site, "less", x, zero),
      combined(site, "multiply", slope, x),
      x,
    ]);
    const [below, low, high] = [item(nodes, 0), item(nodes, 1), item(nodes, 2)];
    return settledAs(site, site.make("select", [below, low, high], {}), lead, x.element);
  },
};

/** Arithmetic and comparisons of values that broadcast together, by operator. */
export const arithmetic: Readonly<Record<string, Importer>> = {
  Add: twoOperands(plus, old),
  And: twoOperands(by("and")),
  Div: twoOperands(over, old),
  Equal: twoOperands(by("equal")),
  Greater: twoOperands(swapped("less")),
  GreaterOrEqual: twoOperands(swapped("lessEqual")),
  Less: twoOperands(by("less")),
  LessOrEqual: twoOperands(by("lessEqual")),
  Max: many(by("maximum")),
  Mean: mean,
  Min: many(by("minimum")),
  Mod: twoOperands(modulo, ["fmod"]),
  Mul: twoOperands(times, old),
  Or: twoOperands(by("or")),
  PRelu: prelu,
  Pow: twoOperands(by("power"), old),
  Sub: twoOperands(minus, old),
  Sum: sum,
  Where: where,
  Xor: twoOperands(by("xor")),
};
