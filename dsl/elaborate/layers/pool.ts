import { item, showShape, sizeOf, weight } from "../../../compiler/ir/core/index.ts";
import { makeTensor, type TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { shapeFaults } from "../../diagnostics/shape.ts";
import { placeOf, report } from "../context.ts";
import { size } from "../kinds.ts";
import { required, signature, spanOfOption } from "../options.ts";
import { isBounded } from "../shapes.ts";
import { type Flow, type Layer, originsOf, type Site, shapeOfFlow } from "./layer.ts";
import { windowOf } from "./window.ts";

const options = (owner: string) => signature(owner, ["size"], ["stride", "pad"]);

const poolOf = (site: Site, input: Flow, what: string) => {
  const kernel = required(site.options, "size", size);
  return kernel === null ? null : windowOf(site, input, kernel, what, { stride: kernel, pad: 0 });
};

/** The greatest value of each window; padding never wins. */
const maxPool: Layer = {
  signature: options("max_pool"),
  counted: "max_pool",
  build: (site, input) => {
    const window = poolOf(site, input, "max_pool");
    return window === null ? null : makeTensor("maxPool", [input.node], window, originsOf(site));
  },
};

/** The mean of each window. Padding is refused: frameworks differ on whether it counts. */
const averagePool: Layer = {
  signature: options("avg_pool"),
  counted: "avg_pool",
  build: (site, input) => {
    const window = poolOf(site, input, "avg_pool");
    if (window === null) return null;
    if (window.pads.length === 0) return makeTensor("averagePool", [input.node], window, originsOf(site));
    const span = spanOfOption(site.options, "pad") ?? site.span;
    return report(site.context, shapeFaults.report("average-padding", placeOf(site.context, span), {}));
  },
};

/** The sum of each window: a conv of one filter of ones a channel, so that sums stay exact. */
const sumPool: Layer = {
  signature: options("sum_pool"),
  counted: "sum_pool",
  build: (site, input) => {
    const window = poolOf(site, input, "sum_pool");
    if (window === null) return null;
    const { kernel, ...sliding } = window;
    const groups = item(shapeOfFlow(input), 0);
    const shape = [groups, 1, ...kernel];
    if (!isBounded(site.context, shape, site.span)) return null;
    const data = (): Float64Array => new Float64Array(sizeOf(shape)).fill(1);
    const ones = weight({ name: `${site.stage}.ones`, shape, dtype: "f32", data });
    return makeTensor(
      "conv",
      [input.node],
      { weight: ones, bias: null, groups, ...sliding },
      originsOf(site),
    );
  },
};

/** [c, ...] to [c], over the whole of each channel. */
const globalPool = (owner: string, op: "averagePool" | "maxPool"): Layer => ({
  signature: signature(owner, []),
  counted: owner,
  build: (site, input): TensorNode | null => {
    const shape = shapeOfFlow(input);
    if (shape.length < 2) {
      const holes = { what: `\`${owner}\``, needs: "[channels, ...]", found: showShape(shape) };
      const remedy = "leave it out, or move it before `flatten`";
      return report(
        site.context,
        shapeFaults.report("rank", placeOf(site.context, site.word), { ...holes, remedy }),
      );
    }
    const kernel = shape.slice(1);
    const pooled = makeTensor(op, [input.node], { kernel }, originsOf(site));
    return makeTensor("reshape", [pooled], { shape: [item(shape, 0)] }, originsOf(site));
  },
});

export const pools: readonly Layer[] = [
  maxPool,
  averagePool,
  sumPool,
  globalPool("global_avg_pool", "averagePool"),
  globalPool("global_max_pool", "maxPool"),
];
