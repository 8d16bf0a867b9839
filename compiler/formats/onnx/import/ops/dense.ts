import { item, type Weight } from "../../../../ir/core/index.ts";
import type { TensorNode } from "../../../../ir/tensor/index.ts";
import { flagOf, floatOf } from "../attributes.ts";
import {
  computedAt,
  type Importer,
  optionalWeightAt,
  refuseForm,
  type Site,
  weightAt,
  wrongShape,
} from "../site.ts";
import { computed, type Value } from "../value.ts";
import { expandedWeight, mappedWeight, reshapedWeight, transposedWeight } from "../weights.ts";

const transposedOnce = (site: Site, w: Weight): Weight =>
  site.derive(w, "transpose", (from) => transposedWeight(from, [1, 0]));

const scaledOnce = (site: Site, w: Weight, factor: number): Weight =>
  factor === 1 ? w : site.derive(w, `times ${factor}`, (from) => mappedWeight(from, (x) => x * factor));

/** The addend of a Gemm as one entry an output; its shape is [], [1], [N], [1, 1] or [1, N]. */
const biasOf = (site: Site, w: Weight, outputs: number): Weight => {
  const extent = w.shape.length === 0 ? 1 : item(w.shape, w.shape.length - 1);
  if (
    w.shape.length > 2 ||
    (w.shape.length === 2 && w.shape[0] !== 1) ||
    (extent !== 1 && extent !== outputs)
  )
    return wrongShape(site, `an addend of [${w.shape.join(", ")}] does not fit ${outputs} outputs`);
  if (w.shape.length === 1 && extent === outputs) return w;
  return site.derive(w, `bias ${outputs}`, (from) =>
    expandedWeight(reshapedWeight(from, [extent]), [outputs]),
  );
};

const denseOf = (site: Site, x: TensorNode, weight: Weight, bias: Weight | null): Value =>
  computed(site.make("dense", [x], { weight, bias }));

/** alpha A B' + beta C, A computed, B and C constant */
export const gemm: Importer = {
  inputs: [2, 3],
  attributes: ["alpha", "beta", "transA", "transB"],
  run: (site) => {
    const x = computedAt(site, 0);
    if (x.type.shape.length !== 1)
      wrongShape(site, `the first operand has rank ${x.type.shape.length + 1}, 2 is needed`);
    if (flagOf(site, "transA", false))
      refuseForm(site, "transA is 1, which moves the batch axis", "export the layer with transA = 0");
    const b = weightAt(site, 1);
    if (b.shape.length !== 2) wrongShape(site, `the second operand has rank ${b.shape.length}, 2 is needed`);
    const plain = flagOf(site, "transB", false) ? b : transposedOnce(site, b);
    const weight = scaledOnce(site, plain, floatOf(site, "alpha", 1));
    const c = optionalWeightAt(site, 2);
    const bias =
      c === null ? null : scaledOnce(site, biasOf(site, c, item(weight.shape, 0)), floatOf(site, "beta", 1));
    return denseOf(site, x, weight, bias);
  },
};

const withoutLeadingOnes = (site: Site, w: Weight): Weight => {
  const { shape } = w;
  const extra = shape.length - 2;
  if (extra < 0 || shape.slice(0, extra).some((extent) => extent !== 1))
    return wrongShape(site, `the second operand is [${shape.join(", ")}], one matrix [in, out] is needed`);
  return extra === 0 ? w : site.derive(w, "matrix", (from) => reshapedWeight(from, shape.slice(extra)));
};

/** A B on the last axis, A computed, B constant */
export const matMul: Importer = {
  inputs: [2, 2],
  attributes: [],
  run: (site) => {
    const [a, b] = site.inputs;
    if (a?.kind === "computed" && b?.kind === "computed")
      return refuseForm(
        site,
        "both operands are computed",
        "use a product with constant weights; attention is not read yet",
      );
    const x = computedAt(site, 0);
    return denseOf(site, x, transposedOnce(site, withoutLeadingOnes(site, weightAt(site, 1))), null);
  },
};
