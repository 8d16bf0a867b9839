import { floats, item, type Shape, showShape, sizeOf } from "../../../compiler/ir/core/index.ts";
import { makeTensor, type TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { shapeFaults } from "../../diagnostics/shape.ts";
import { placeOf, report } from "../context.ts";
import { showCount } from "../count.ts";
import { type Kind, naturals, perAxis, whole } from "../kinds.ts";
import { required, signature, spanOfOption } from "../options.ts";
import { isBounded, takeTable } from "../shapes.ts";
import { type Flow, type Layer, originsOf, type Site, shapeOfFlow } from "./layer.ts";

const flatten: Layer = {
  signature: signature("flatten", []),
  counted: "flatten",
  keepsKind: true,
  build: (site, input) =>
    makeTensor("reshape", [input.node], { shape: [sizeOf(shapeOfFlow(input))] }, originsOf(site)),
};

const listOption = (site: Site, name: string, kind: Kind<readonly number[]>) =>
  required(site.options, name, kind);

const refused = (site: Site, name: string, what: string, fix: string): null => {
  const span = spanOfOption(site.options, name) ?? site.span;
  return report(site.context, shapeFaults.report("view", placeOf(site.context, span), { what, fix }));
};

/** The same values in row-major order under another shape. */
const reshape: Layer = {
  signature: signature("reshape", ["shape"]),
  counted: "reshape",
  keepsKind: true,
  build: (site, input) => {
    const shape = listOption(site, "shape", whole);
    if (shape === null) return null;
    const from = shapeOfFlow(input);
    if (sizeOf(shape) === sizeOf(from))
      return makeTensor("reshape", [input.node], { shape }, originsOf(site));
    const counts = `${showCount(sizeOf(from))} values do not fill ${showShape(shape)} of ${showCount(sizeOf(shape))}`;
    return refused(site, "shape", counts, `write extents whose product is ${showCount(sizeOf(from))}`);
  },
};

const isOrder = (order: readonly number[], rank: number): boolean =>
  order.length === rank && [...order].sort((a, b) => a - b).every((axis, i) => axis === i);

/** Axis i of the result is axis order[i] of the input. */
const transpose: Layer = {
  signature: signature("transpose", ["order"]),
  counted: "transpose",
  keepsKind: true,
  build: (site, input) => {
    const order = listOption(site, "order", naturals);
    if (order === null) return null;
    const from = shapeOfFlow(input);
    if (isOrder(order, from.length)) return makeTensor("transpose", [input.node], { order }, originsOf(site));
    const axes = [...from.keys()];
    return refused(
      site,
      "order",
      `${showShape(order)} is no order of the axes of ${showShape(from)}`,
      `write each of ${axes.join(", ")} once`,
    );
  },
};

/** One number for every side, or before and after each axis behind the channels. */
const sidesOf = (
  site: Site,
  sides: readonly number[],
  from: Shape,
): readonly (readonly [number, number])[] | null => {
  const axes = from.length - 1;
  const all = sides.length === 1 ? Array.from({ length: 2 * axes }, () => item(sides, 0)) : sides;
  if (all.length !== 2 * axes)
    return refused(
      site,
      "sides",
      `${sides.length} sides do not fit ${showShape(from)}`,
      `write one number, or ${2 * axes}: before and after each axis`,
    );
  return [[0, 0], ...from.slice(1).map((_, axis) => [item(all, 2 * axis), item(all, 2 * axis + 1)] as const)];
};

const zeroPad: Layer = {
  signature: signature("zero_pad", ["sides"]),
  counted: "zero_pad",
  keepsKind: true,
  build: (site, input) => {
    const sides = listOption(site, "sides", naturals);
    const pads = sides === null ? null : sidesOf(site, sides, shapeOfFlow(input));
    if (pads === null) return null;
    const padded = shapeOfFlow(input).map(
      (extent, axis) => extent + item(pads, axis)[0] + item(pads, axis)[1],
    );
    if (!isBounded(site.context, padded, site.span)) return null;
    return makeTensor("pad", [input.node], { pads }, originsOf(site));
  },
};

/** Every value `factor` times along one axis. */
const repeated = (site: Site, node: TensorNode, axis: number, factor: number): TensorNode => {
  const extent = item(node.type.shape, axis);
  const shape = [extent * factor, 1];
  const index = floats(
    `${site.stage}.index`,
    shape,
    Float64Array.from({ length: extent * factor }, (_, i) => Math.floor(i / factor)),
  );
  const taps = floats(`${site.stage}.taps`, shape, new Float64Array(extent * factor).fill(1));
  return makeTensor("resample", [node], { axis, index, taps }, originsOf(site));
};

/** The nearest neighbour: every value n times along each axis behind the channels. */
const upsample: Layer = {
  signature: signature("upsample", ["factor"]),
  counted: "upsample",
  build: (site, input: Flow) => {
    const given = required(site.options, "factor", perAxis);
    if (given === null) return null;
    const [, ...space] = shapeOfFlow(input);
    const factors = typeof given === "number" ? space.map(() => given) : given;
    if (factors.length !== space.length || space.length === 0)
      return refused(
        site,
        "factor",
        `${factors.length} factors do not fit ${showShape(shapeOfFlow(input))}`,
        "write one number, or one for each axis behind the channels",
      );
    const large = shapeOfFlow(input).map((extent, axis) =>
      axis === 0 ? extent : extent * item(factors, axis - 1),
    );
    const table = large
      .filter((_, axis) => axis > 0 && item(factors, axis - 1) > 1)
      .map((extent) => [extent]);
    if (!isBounded(site.context, large, site.span)) return null;
    if (!table.every((extents) => takeTable(site.context, extents, site.span))) return null;
    return factors.reduce(
      (node, factor, axis) => (factor === 1 ? node : repeated(site, node, axis + 1, factor)),
      input.node,
    );
  },
};

export const views: readonly Layer[] = [flatten, reshape, transpose, zeroPad, upsample];
