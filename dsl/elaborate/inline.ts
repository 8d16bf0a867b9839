import type { Origin, Span } from "../../compiler/diagnostics/index.ts";
import { build, item, type OpName, transform } from "../../compiler/ir/core/index.ts";
import {
  type Tensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
} from "../../compiler/ir/tensor/index.ts";
import type { Name } from "../syntax.ts";
import type { Body, Carried, Use } from "./body.ts";
import { inputsFit } from "./declared.ts";
import { computedKind, type Flow } from "./layers/layer.ts";
import { stageName } from "./naming.ts";

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
  const needs = graph.inputs.map(({ type }) => type.shape);
  if (!inputsFit(body, use, needs, input)) return null;
  const prefix = stageName(body, label, use.counted);
  const given = new Map<TensorNode, TensorNode>(graph.inputs.map((node, i) => [node, item(input, i).node]));
  const inlined = transform<Tensor>(tensorLevel, graph, (node, inputs) => {
    const origins = below(prefix, use.span, node);
    return (
      given.get(node) ?? build<Tensor, OpName<Tensor>>(tensorLevel, node.op, inputs, node.attrs, origins)
    );
  });
  const kind = computedKind(input);
  return inlined.outputs.map(({ value: node }) => ({
    node,
    kind,
    word: use.name,
    span: use.span,
    inputs: input,
  }));
};
