import type { Mode } from "../check/inputs.ts";
import { item, type Shape, type Sliding } from "../ir/index.ts";

/** The part of a step that says how a window slides. */
export interface WindowStep {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: number;
  readonly pads: readonly [number, number, number, number];
  readonly seed: number;
}

export interface Fitted {
  readonly kernel: Shape;
  readonly sliding: Sliding;
  readonly ceil: boolean;
}

interface Site {
  readonly recipe: { readonly mode: Mode };
  readonly step: WindowStep;
}

/** Odd windows are left to mode `shape`; the others have equal pads and strides of at most 2. */
const drawn = ({ recipe, step }: Site): Sliding => {
  const [top, bottom, left, right] = step.pads;
  if (recipe.mode === "shape")
    return {
      strides: step.strides,
      dilations: [step.dilation, step.dilation],
      pads: [
        [top, bottom],
        [left, right],
      ],
    };
  return {
    strides: step.strides.map((s) => Math.min(s, 2)),
    dilations: [],
    pads: [
      [top, top],
      [top, top],
    ],
  };
};

/** Kernel and sliding of a convolution over [C, H, W]; the kernel shrinks until it fits the padded map. */
export const fitSlide = (site: Site, shape: Shape): Fitted => {
  const sliding = drawn(site);
  const kernel = site.step.kernel.map((wanted, axis) => {
    const [before, after] = sliding.pads[axis] ?? [0, 0];
    const room = item(shape, axis + 1) + before + after;
    return Math.min(wanted, Math.floor((room - 1) / (sliding.dilations[axis] ?? 1)) + 1);
  });
  return { kernel, sliding, ceil: false };
};

/** The same for a pool: every window must touch the map, so pads stay below the kernel and nothing is dilated. */
export const fitPool = (site: Site, shape: Shape): Fitted => {
  const { strides, pads } = drawn(site);
  const kernel = site.step.kernel.map((wanted, axis) => Math.min(wanted, item(shape, axis + 1)));
  const kept = kernel.map((k, axis) => pads[axis]?.map((p) => Math.min(p, k - 1)) ?? []);
  return {
    kernel,
    sliding: {
      strides,
      dilations: [],
      pads: kept.map(([before = 0, after = 0]) => [before, after] as const),
    },
    ceil: site.recipe.mode === "shape" && site.step.seed % 2 === 1,
  };
};
