import { sameShape, showShape } from "../../compiler/ir/core/index.ts";
import { parameterFaults } from "../diagnostics/parameter.ts";
import type { Body, Use } from "./body.ts";
import { placeOf, report } from "./context.ts";
import type { SharedItem } from "./items.ts";
import { type Flow, shapeOfFlow } from "./layers/layer.ts";

const shown = (shapes: readonly (readonly number[])[]): string => shapes.map(showShape).join(" and ");

/** True when a use reads what the first use read; reported if not. */
export const firstInput = (body: Body, shared: SharedItem, use: Use, input: readonly Flow[]): boolean => {
  const { first, name } = shared;
  const shapes = input.map(shapeOfFlow);
  first.shapes ??= shapes;
  const known = first.shapes;
  if (known.length === shapes.length && known.every((shape, i) => sameShape(shape, shapes[i] ?? [])))
    return true;
  const holes = { name, found: shown(shapes), first: shown(known) };
  report(body.context, parameterFaults.report("shared", placeOf(body.context, use.word), holes));
  return false;
};
