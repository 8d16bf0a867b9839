import type { Weight } from "../../../../ir/core/index.ts";
import type { TensorNode } from "../../../../ir/tensor/index.ts";
import { type Importer, refuseForm, type Site, valueAt, weightAt, wrongValue } from "../site.ts";
import { computed, type Value } from "../value.ts";
import { mappedWeight, single } from "../weights.ts";
import { broadcastTo } from "./broadcast.ts";

// One object each, so that all nodes share them.
const one = single("one", 1);
const minusOne = single("minus_one", -1);

const affine = (site: Site, x: TensorNode, scale: Weight | null, shift: Weight | null): TensorNode =>
  site.make("affine", [x], {
    scale: scale === null ? one : broadcastTo(site, scale, x.type.shape),
    shift: shift === null ? null : broadcastTo(site, shift, x.type.shape),
  });

const negated = (site: Site, w: Weight): Weight =>
  site.derive(w, "negate", (from) => mappedWeight(from, (x) => -x));

const noOperand = (site: Site): never =>
  refuseForm(
    site,
    "all operands are constants",
    "replace the node by its constant result, for example with onnxsim",
  );

/** Sum of computed values and constants: one `add`, then one `affine` a constant. */
const sum = (site: Site): Value => {
  const nodes: TensorNode[] = [];
  const constants: Weight[] = [];
  site.node.inputs.forEach((_, i) => {
    const value = valueAt(site, i);
    if (value.kind === "computed") nodes.push(value.node);
    else constants.push(weightAt(site, i));
  });
  const [first] = nodes;
  if (first === undefined) return noOperand(site);
  const added = nodes.length === 1 ? first : site.make("add", nodes, {});
  return computed(constants.reduce((x, shift) => affine(site, x, null, shift), added));
};

export const add: Importer = { inputs: [2, 2], attributes: [], run: sum };

export const sumOf: Importer = { inputs: [1, 64], attributes: [], run: sum };

interface Forms {
  /** computed op constant */
  readonly right: (site: Site, x: TensorNode, constant: Weight) => TensorNode;
  /** constant op computed */
  readonly left: (site: Site, x: TensorNode, constant: Weight) => TensorNode;
}

const twoOperands = ({ right, left }: Forms): Importer => ({
  inputs: [2, 2],
  attributes: [],
  run: (site) => {
    const [a, b] = [valueAt(site, 0), valueAt(site, 1)];
    if (a.kind === "computed" && b.kind === "computed")
      return refuseForm(site, "both operands are computed", "use a constant as one of the operands");
    if (a.kind === "computed") return computed(right(site, a.node, weightAt(site, 1)));
    if (b.kind === "computed") return computed(left(site, b.node, weightAt(site, 0)));
    return noOperand(site);
  },
});

const times = (site: Site, x: TensorNode, c: Weight): TensorNode => affine(site, x, c, null);

export const multiply = twoOperands({ right: times, left: times });

export const subtract = twoOperands({
  right: (site, x, c) => affine(site, x, null, negated(site, c)),
  left: (site, x, c) => affine(site, x, minusOne, c),
});

const inverse = (site: Site, w: Weight): Weight => {
  const zero = w.stored().findIndex((x) => !Number.isFinite(1 / x));
  if (zero >= 0) wrongValue(site, w.name, zero, w.stored()[zero] ?? 0, "a divisor needs a finite inverse");
  return site.derive(w, "inverse", (from) => mappedWeight(from, (x) => 1 / x));
};

export const divide = twoOperands({
  right: (site, x, c) => affine(site, x, inverse(site, c), null),
  left: (site) =>
    refuseForm(
      site,
      "a constant is divided by a computed value",
      "divide by a constant, or multiply by its inverse",
    ),
});
