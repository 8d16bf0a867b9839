import { item, type Shape, sameShape, showShape } from "../../compiler/ir/core/index.ts";
import { kindFaults } from "../diagnostics/kind.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import type { Name, TensorShape } from "../syntax.ts";
import type { Body, Use } from "./body.ts";
import { placeOf, report } from "./context.ts";
import { type Flow, shapeOfFlow, type TensorKind } from "./layers/layer.ts";
import { shapeOf } from "./shapes.ts";

/** The kind of a declared tensor; one without a kind is values. */
export const kindOfShape = ({ kind }: TensorShape): TensorKind =>
  kind?.text === "signal" || kind?.text === "spikes" ? kind.text : "values";

/** Spikes are a signal, too. */
export const takesKind = (wanted: TensorKind, found: TensorKind): boolean =>
  wanted === found || (wanted === "signal" && found === "spikes");

/** True when a tensor has the shape that its line declares; reported if not. */
export const shapeFits = (
  { context, constants }: Body,
  name: Name,
  declared: TensorShape,
  flow: Flow,
  remedy: (found: string, wanted: Shape) => string,
): boolean => {
  const wanted = shapeOf(context, constants, declared);
  if (wanted === null || sameShape(wanted, shapeOfFlow(flow))) return wanted !== null;
  const found = showShape(shapeOfFlow(flow));
  const holes = { name: name.text, declared: showShape(wanted), found, remedy: remedy(found, wanted) };
  report(context, shapeFaults.report("output", placeOf(context, declared.span), holes));
  return false;
};

const shownKind = (kind: TensorKind, shape: readonly number[]): string =>
  kind === "values" ? `values ${showShape(shape)}` : `${kind}${showShape(shape)}`;

/** True when a tensor is of the kind that its line declares; reported if not. */
export const kindFits = (body: Body, name: Name, shape: TensorShape, flow: Flow): boolean => {
  const { context } = body;
  const wanted = kindOfShape(shape);
  if (takesKind(wanted, flow.kind)) return true;
  const found = shownKind(flow.kind, shapeOfFlow(flow));
  const remedy =
    wanted === "values"
      ? `add \`-> read.count\`, or declare \`${name.text}: ${found}\``
      : `declare \`${name.text}: ${flow.kind === "values" ? "" : flow.kind}${showShape(shapeOfFlow(flow))}\``;
  const holes = { name: name.text, declared: shownKind(wanted, shapeOfFlow(flow)), found, remedy };
  const word = { ...flow.span, end: flow.span.start + flow.word.length };
  report(context, kindFaults.report("read-out", placeOf(context, word), holes));
  return false;
};

/** The tensor that the statements of a body gave to one of its outputs. Null: a fault was reported. */
export const flowOfOutput = ({ context, locals }: Body, { text, span }: Name): Flow | null => {
  const defined = locals.get(text);
  if (defined === undefined || defined.local.kind === "item")
    return report(context, nameFaults.report("output", placeOf(context, span), { name: text }));
  defined.read = true;
  return defined.local.kind === "tensor" ? defined.local.flow : null;
};

/** True when a network as a stage reads the shapes that it is given; reported if not. */
export const inputsFit = (body: Body, use: Use, needs: readonly Shape[], input: readonly Flow[]): boolean => {
  const found = input.map(shapeOfFlow);
  if (needs.length === found.length && needs.every((shape, i) => sameShape(shape, item(found, i))))
    return true;
  const show = (shapes: readonly Shape[]): string => shapes.map(showShape).join(" and ");
  return reportMisfit(body, use, show(needs), show(found));
};

/** Reports that a block or network reads other shapes than it is given. */
export const reportMisfit = ({ context }: Body, use: Use, needs: string, found: string): false => {
  const holes = {
    what: `\`${use.name}\``,
    needs,
    found,
    remedy: "reshape, or change what stands before it",
  };
  report(context, shapeFaults.report("rank", placeOf(context, use.word), holes));
  return false;
};
