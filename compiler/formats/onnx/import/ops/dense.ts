import { item, showShape, type Weight } from "../../../../ir/core/index.ts";
import { flagOf, floatOf } from "../attributes.ts";
import { broadcastShape, expandTo, reshaped, settled, settledAs, viewAs, whole } from "../forms.ts";
import { finite, type Importer, optionalAt, type Site, valueAt, weightAt, wrongShape } from "../site.ts";
import { type Constant, constant, isFloating, type Value, wholeShape } from "../value.ts";
import { expandedWeight, mappedWeight, reshapedWeight, single, transposedWeight } from "../weights.ts";
import { plus, times } from "./arithmetic.ts";
import { transposed } from "./transpose.ts";

const transposedOnce = (site: Site, w: Weight): Weight =>
  site.derive(w, "transpose", (from) => transposedWeight(from, [1, 0]));

const scaledOnce = (site: Site, w: Weight, factor: number): Weight =>
  factor === 1 ? w : site.derive(w, `times ${factor}`, (from) => mappedWeight(from, (x) => x * factor));

/** An addend of [], [1], [N], [1, 1] or [1, N] as one entry an output; null for any other. */
const biasOf = (site: Site, w: Weight, outputs: number): Weight | null => {
  const extent = w.shape.at(-1) ?? 1;
  if (w.shape.slice(0, -1).some((e) => e !== 1) || (extent !== 1 && extent !== outputs)) return null;
  if (w.shape.length === 1 && extent === outputs) return w;
  return site.derive(w, `bias ${outputs}`, (from) =>
    expandedWeight(reshapedWeight(from, [extent]), [outputs]),
  );
};

/** W x + b on the last axis; `weight` is [out, in]. */
const dense = (site: Site, x: Value, weight: Weight, bias: Weight | null): Value => {
  const lead = x.kind === "computed" && x.lead && x.node.type.shape.length > 0;
  const node = lead ? x.node : whole(site, x);
  return settledAs(site, site.make("dense", [node], { weight, bias }), lead, x.element);
};

/** The matrix [in, out] of a constant [1, .., in, out]; null for any other value. */
const matrixOf = (site: Site, b: Value): Weight | null => {
  if (b.kind !== "constant" || !isFloating(b.element)) return null;
  const { shape } = b.weight;
  const extra = shape.length - 2;
  if (extra < 0 || shape.slice(0, extra).some((extent) => extent !== 1)) return null;
  finite(site, b.weight);
  if (extra === 0) return b.weight;
  return site.derive(b.weight, "matrix", (from) => reshapedWeight(from, shape.slice(extra)));
};

/** The product over the last two axes of two values of rank 2 or more. */
const product = (site: Site, a: Value, b: Value): Value => {
  const [x, y] = [whole(site, a), whole(site, b)];
  const batch = broadcastShape(site, [x.type.shape.slice(0, -2), y.type.shape.slice(0, -2)]);
  const nodes = [x, y].map((node) => expandTo(site, node, [...batch, ...node.type.shape.slice(-2)]));
  const [left, right] = [item(nodes, 0), item(nodes, 1)];
  if (batch.length > 0 && batch[0] === 1) {
    const [p, q] = [left, right].map((node) => viewAs(site, node, node.type.shape.slice(1)));
    return settledAs(site, site.make("matmul", [p ?? left, q ?? right], {}), true, a.element);
  }
  return settled(site, site.make("matmul", [left, right], {}), a.element);
};

/** A B as NumPy's matmul: vectors become matrices and lose the axis again. */
export const multiplied = (site: Site, a: Value, b: Value): Value => {
  const [from, to] = [wholeShape(a), wholeShape(b)];
  if (from.length === 0 || to.length === 0) return wrongShape(site, "a single number is no matrix");
  const matrix = matrixOf(site, b);
  const rank = Math.max(from.length, to.length);
  if (matrix !== null && a.kind === "computed" && rank === from.length) {
    if (from.at(-1) !== matrix.shape[0]) return wrongShape(site, "the inner extents differ");
    return dense(site, a, transposedOnce(site, matrix), null);
  }
  const left = from.length === 1 ? reshaped(site, a, [1, ...from]) : a;
  const right = to.length === 1 ? reshaped(site, b, [...to, 1]) : b;
  if (wholeShape(left).at(-1) !== wholeShape(right).at(-2))
    return wrongShape(site, "the inner extents differ");
  const made = product(site, left, right);
  const shape = wholeShape(made);
  const rows = from.length === 1 ? [] : shape.slice(-2, -1);
  const columns = to.length === 1 ? [] : shape.slice(-1);
  return reshaped(site, made, [...shape.slice(0, -2), ...rows, ...columns]);
};

export const matMul: Importer = {
  inputs: [2, 2],
  attributes: [],
  run: (site) => multiplied(site, valueAt(site, 0), valueAt(site, 1)),
};

const scaled = (site: Site, value: Value, factor: number): Value => {
  if (factor === 1) return value;
  if (value.kind === "constant") return constant(scaledOnce(site, value.weight, factor), value.element);
  return times(site, value, constant(single("factor", factor), value.element));
};

const flipped = (site: Site, value: Value, attribute: string): Value => {
  if (wholeShape(value).length !== 2)
    return wrongShape(site, `an operand has rank ${wholeShape(value).length}, 2 is needed`);
  return flagOf(site, attribute, false) ? transposed(site, value, [1, 0]) : value;
};

const constantBias = (site: Site, c: Value | null, outputs: number): Weight | null =>
  c?.kind === "constant" ? biasOf(site, weightAt(site, 2), outputs) : null;

/** A layer: weights [in, out] or, with transB, [out, in] of the file, used as they are. */
const layer = (site: Site, x: Value, b: Constant, c: Value | null): Value => {
  const stored = weightAt(site, 1);
  const given = flagOf(site, "transB", false) ? stored : transposedOnce(site, stored);
  const weight = scaledOnce(site, given, floatOf(site, "alpha", 1));
  if (wholeShape(x)[1] !== weight.shape[1])
    return wrongShape(site, `weights ${showShape(b.weight.shape)} do not fit the input`);
  const beta = floatOf(site, "beta", 1);
  const bias = constantBias(site, c, item(weight.shape, 0));
  const made = dense(site, x, weight, bias === null ? null : scaledOnce(site, bias, beta));
  return c === null || bias !== null ? made : plus(site, made, scaled(site, c, beta));
};

/** alpha A' B' + beta C */
export const gemm: Importer = {
  inputs: [2, 3],
  attributes: ["alpha", "beta", "transA", "transB", "broadcast"],
  run: (site) => {
    const a = flipped(site, valueAt(site, 0), "transA");
    const [b, c] = [valueAt(site, 1), optionalAt(site, 2)];
    if (wholeShape(b).length !== 2) return flipped(site, b, "transB");
    if (b.kind === "constant" && a.kind === "computed") return layer(site, a, b, c);
    const made = multiplied(site, a, flipped(site, b, "transB"));
    const alpha = scaled(site, made, floatOf(site, "alpha", 1));
    return c === null ? alpha : plus(site, alpha, scaled(site, c, floatOf(site, "beta", 1)));
  },
};
