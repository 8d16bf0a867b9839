import type { Origin, Span } from "../../compiler/diagnostics/index.ts";
import { build, item, nodesOf, type OpName, sameShape, showShape } from "../../compiler/ir/core/index.ts";
import {
  type Tensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
} from "../../compiler/ir/tensor/index.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import type { Name } from "../syntax.ts";
import type { Body, Carried, Use } from "./body.ts";
import { placeOf, report } from "./context.ts";
import { computedKind, type Flow, shapeOfFlow } from "./layers/layer.ts";
import { stageName } from "./naming.ts";

const inputsFit = (body: Body, use: Use, graph: TensorGraph, input: readonly Flow[]): boolean => {
  const { context } = body;
  const needs = graph.inputs.map(({ type }) => type.shape);
  const found = input.map(shapeOfFlow);
  if (needs.length === found.length && needs.every((shape, i) => sameShape(shape, item(found, i))))
    return true;
  const show = (shapes: readonly (readonly number[])[]): string => shapes.map(showShape).join(" and ");
  const holes = {
    what: `\`${use.name}\``,
    needs: show(needs),
    found: show(found),
    remedy: "reshape, or change what stands before it",
  };
  report(context, shapeFaults.report("rank", placeOf(context, use.word), holes));
  return false;
};

const below = (prefix: string, span: Span, { origins }: TensorNode): readonly Origin[] =>
  origins.map((origin) => ({ name: `${prefix}.${origin.name}`, span: origin.span ?? span }));

/** Puts a network with its own weights where a stage stands; its stages get the name of the stage in front. */
export const inlineGraph = (
  body: Body,
  use: Use,
  graph: TensorGraph,
  label: Name | null,
  input: readonly Flow[],
): Carried => {
  if (!inputsFit(body, use, graph, input)) return null;
  const prefix = stageName(body, label, use.counted);
  const made = new Map<TensorNode, TensorNode>();
  graph.inputs.forEach((node, i) => {
    made.set(node, item(input, i).node);
  });
  for (const node of nodesOf(graph)) {
    if (made.has(node)) continue;
    const inputs = node.inputs.map((from) => made.get(from) ?? from);
    const origins = below(prefix, use.span, node);
    made.set(node, build<Tensor, OpName<Tensor>>(tensorLevel, node.op, inputs, node.attrs, origins));
  }
  const kind = computedKind(input);
  return graph.outputs.map(({ value }) => {
    const node = made.get(value) ?? value;
    return { node, kind, word: use.name, span: use.span, inputs: input };
  });
};
