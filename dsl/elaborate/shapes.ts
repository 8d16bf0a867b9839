import type { Span } from "../../compiler/diagnostics/index.ts";
import { type Shape, showShape, sizeOf } from "../../compiler/ir/core/index.ts";
import { loopFaults } from "../diagnostics/loop.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import { isWhole, showRational, toNumber } from "../rational.ts";
import type { TensorShape, Value } from "../syntax.ts";
import { allKnown } from "./all-known.ts";
import { type Context, mostEntries, placeOf, report } from "./context.ts";
import { showCount } from "./count.ts";
import { numberOf } from "./evaluate.ts";
import type { Constants } from "./items.ts";

/** Most values of one tensor: an address of 32 bits. */
const largest = 2 ** 31;

const largestExtent = 2 ** 24;

/** Most entries of a table that is made while the network is read. */
const largestTable = 2 ** 20;

/** True when a tensor of this shape may exist; reported if not. */
export const isBounded = (context: Context, shape: Shape, span: Span, most = largest): boolean => {
  const found = sizeOf(shape);
  if (found <= most) return true;
  const holes = { shape: showShape(shape), found: showCount(found), limit: showCount(most) };
  report(context, shapeFaults.report("large", placeOf(context, span), holes));
  return false;
};

/** True when a table of this shape may be made while the network is read, beside those before; reported if not. */
export const takeTable = (context: Context, shape: Shape, span: Span): boolean => {
  if (!isBounded(context, shape, span, largestTable)) return false;
  const { tables } = context;
  tables.left -= sizeOf(shape);
  if (tables.left >= 0) return true;
  const holes = { limit: showCount(mostEntries) };
  report(context, loopFaults.report("tables", placeOf(context, span), holes));
  return false;
};

/** One extent. Null: a fault was reported. */
export const extentOf = (context: Context, constants: Constants, extent: Value): number | null => {
  const value = numberOf(context, constants, extent);
  if (value === null) return null;
  const number = toNumber(value);
  if (isWhole(value) && number >= 1 && number <= largestExtent) return number;
  const holes = { limit: showCount(largestExtent), value: showRational(value) };
  return report(context, shapeFaults.report("extent", placeOf(context, extent.span), holes));
};

/** The extents of a declared shape. Null: a fault was reported. */
export const shapeOf = (context: Context, constants: Constants, declared: TensorShape): Shape | null => {
  const extents = allKnown(declared.extents.map((extent) => extentOf(context, constants, extent)));
  return extents !== null && isBounded(context, extents, declared.span) ? extents : null;
};
