import { item, showShape } from "../../../compiler/ir/core/index.ts";
import { makeTensor } from "../../../compiler/ir/tensor/index.ts";
import { shapeFaults } from "../../diagnostics/shape.ts";
import { placeOf, report } from "../context.ts";
import { size } from "../kinds.ts";
import { required, signature, spanOfOption } from "../options.ts";
import { type Flow, type Layer, originsOf, type Site, shapeOfFlow } from "./layer.ts";
import { windowOf } from "./window.ts";

const options = (owner: string) => signature(owner, ["size"], ["stride", "pad"]);

const poolOf = (site: Site, input: Flow, what: string) => {
  const kernel = required(site.options, "size", size);
  return kernel === null ? null : windowOf(site, input, kernel, what, { stride: kernel, pad: 0 });
};

/** The greatest value of each window; padding never wins. */
export const maxPool: Layer = {
  signature: options("max_pool"),
  counted: "max_pool",
  build: (site, input) => {
    const window = poolOf(site, input, "max_pool");
    return window === null ? null : makeTensor("maxPool", [input.node], window, originsOf(site));
  },
};

/** The mean of each window. Padding is refused: frameworks differ on whether it counts. */
export const averagePool: Layer = {
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

/** [c, ...] to [c]: the mean of each channel. */
export const globalAveragePool: Layer = {
  signature: signature("global_avg_pool", []),
  counted: "global_avg_pool",
  build: (site, input) => {
    const shape = shapeOfFlow(input);
    if (shape.length < 2) {
      const holes = { what: "`global_avg_pool`", needs: "[channels, ...]", found: showShape(shape) };
      const remedy = "leave it out, or move it before `flatten`";
      return report(
        site.context,
        shapeFaults.report("rank", placeOf(site.context, site.word), { ...holes, remedy }),
      );
    }
    const kernel = shape.slice(1);
    const pooled = makeTensor("averagePool", [input.node], { kernel }, originsOf(site));
    return makeTensor("reshape", [pooled], { shape: [item(shape, 0)] }, originsOf(site));
  },
};
