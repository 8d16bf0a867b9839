import type { Scalar } from "../../../../ir/tensor/index.ts";
import { floatOf } from "../attributes.ts";
import {
  computedAt,
  type Importer,
  optionalAt,
  type Site,
  settingAt,
  wrongAttribute,
  wrongShape,
} from "../site.ts";
import { computed } from "../value.ts";

const scalarOp = (attributes: readonly string[], fn: (site: Site) => Scalar): Importer => ({
  inputs: [1, 1],
  attributes,
  run: (site) => computed(site.make("unary", [computedAt(site, 0)], { fn: fn(site) })),
});

export const relu = scalarOp([], () => ({ kind: "relu" }));
export const sigmoid = scalarOp([], () => ({ kind: "sigmoid" }));
export const tanh = scalarOp([], () => ({ kind: "tanh" }));
export const leakyRelu = scalarOp(["alpha"], (site) => ({
  kind: "leakyRelu",
  slope: floatOf(site, "alpha", 0.01),
}));

const boundAt = (site: Site, index: number, fallback: number): number => {
  if (optionalAt(site, index) === null) return fallback;
  const [bound, ...others] = settingAt(site, index).stored();
  if (bound === undefined || others.length > 0) return wrongShape(site, `bound ${index} is no single number`);
  return Number.isNaN(bound) ? wrongAttribute(site, index === 1 ? "min" : "max", "it is no number") : bound;
};

/** Bounds are attributes before opset 11, inputs since. */
export const clip: Importer = {
  inputs: [1, 3],
  attributes: ["min", "max"],
  run: (site) => {
    const low = boundAt(site, 1, floatOf(site, "min", -Infinity));
    const high = boundAt(site, 2, floatOf(site, "max", Infinity));
    return computed(site.make("unary", [computedAt(site, 0)], { fn: { kind: "clip", low, high } }));
  },
};
