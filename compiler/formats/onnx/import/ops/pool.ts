import { item, type Shape } from "../../../../ir/core/index.ts";
import type { TensorNode } from "../../../../ir/tensor/index.ts";
import { flagOf, floatOf, intOf } from "../attributes.ts";
import { perSample } from "../forms.ts";
import { type Importer, type Site, valueAt, wrongAttribute, wrongShape } from "../site.ts";
import { wholeShape } from "../value.ts";
import { single } from "../weights.ts";
import { boundWindows, extentsOf, slidingOf } from "../window.ts";
import { maxPlaces } from "./max-places.ts";

const window = ["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "strides"];

const spaceOf = (site: Site, x: TensorNode): Shape => {
  const space = x.type.shape.slice(1);
  if (space.length === 0) wrongShape(site, "a pool needs at least one axis behind batch and channels");
  return space;
};

const windowOf = (site: Site, space: Shape) => {
  const kernel = extentsOf(site, "kernel_shape", space.length, 1);
  if (kernel === null) return wrongAttribute(site, "kernel_shape", "it is missing");
  const sliding = slidingOf(site, space, kernel);
  sliding.pads.forEach(([before, after], axis) => {
    const reach = (sliding.dilations[axis] ?? 1) * (item(kernel, axis) - 1) + 1;
    if (before >= reach || after >= reach)
      wrongAttribute(
        site,
        "pads",
        `${Math.max(before, after)} on axis ${axis}; a window of ${reach} would read padding only`,
      );
  });
  return { kernel, ...sliding, ceil: flagOf(site, "ceil_mode", false) };
};

const maxOf = (site: Site, x: TensorNode): TensorNode => {
  const attrs = windowOf(site, spaceOf(site, x));
  const y = site.make("maxPool", [x], attrs);
  boundWindows(site, y.type.shape.slice(1), attrs.kernel);
  return y;
};

/** The greatest value of each window, and where it is in the whole input. */
const maxPool: Importer = {
  inputs: [1, 1],
  attributes: [...window, "storage_order"],
  run: (site) => {
    const value = valueAt(site, 0);
    const greatest = perSample(site, value, (x) => maxOf(site, x));
    if ((site.node.outputs[1] ?? "") === "") return greatest;
    const from = wholeShape(value).slice(1);
    const to = wholeShape(greatest).slice(2);
    const byColumns = intOf(site, "storage_order", 0) === 1;
    const places = maxPlaces(site, { from, to, window: windowOf(site, from.slice(1)), byColumns });
    return [greatest, perSample(site, value, places, "INT64")];
  },
};

const averagePool: Importer = {
  inputs: [1, 1],
  attributes: [...window, "count_include_pad"],
  run: (site) =>
    perSample(site, valueAt(site, 0), (x) => {
      const attrs = windowOf(site, spaceOf(site, x));
      const countPads = flagOf(site, "count_include_pad", false);
      const y = site.make("averagePool", [x], { ...attrs, countPads });
      boundWindows(site, y.type.shape.slice(1), attrs.kernel);
      return y;
    }),
};

const wholeMap = (op: "maxPool" | "averagePool"): Importer => ({
  inputs: [1, 1],
  attributes: [],
  run: (site) => perSample(site, valueAt(site, 0), (x) => site.make(op, [x], { kernel: spaceOf(site, x) })),
});

/** (sum |x|^p)^(1/p) over a window or the whole map, for p = 1 and 2. */
const normPool = (whole: boolean): Importer => ({
  inputs: [1, 1],
  attributes: whole ? ["p"] : [...window, "p"],
  run: (site) => {
    const p =
      whole || site.node.attributes.get("p")?.kind !== "float" ? intOf(site, "p", 2) : floatOf(site, "p", 2);
    if (p !== 1 && p !== 2) return wrongAttribute(site, "p", `it is ${p}, 1 or 2 is needed`);
    return perSample(site, valueAt(site, 0), (x) => {
      const space = spaceOf(site, x);
      const attrs = whole ? { kernel: space } : windowOf(site, space);
      const size = site.make("unary", [x], { fn: { kind: "abs" } });
      const powers = p === 1 ? size : site.make("binary", [size, size], { fn: "multiply" });
      const mean = site.make("averagePool", [powers], { ...attrs, countPads: true });
      const count = attrs.kernel.reduce((product, extent) => product * extent, 1);
      const sum = site.make("affine", [mean], { scale: single("count", count), shift: null });
      return p === 1 ? sum : site.make("unary", [sum], { fn: { kind: "sqrt" } });
    });
  },
});

/** Pools, by operator. */
export const pools: Readonly<Record<string, Importer>> = {
  AveragePool: averagePool,
  GlobalAveragePool: wholeMap("averagePool"),
  GlobalLpPool: normPool(true),
  GlobalMaxPool: wholeMap("maxPool"),
  LpPool: normPool(false),
  MaxPool: maxPool,
};
