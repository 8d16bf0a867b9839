import type { Span } from "../../compiler/diagnostics/index.ts";
import { item, sameShape, showShape } from "../../compiler/ir/core/index.ts";
import { makeTensor } from "../../compiler/ir/tensor/index.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { numberFaults } from "../diagnostics/option.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import type { Call, Name, Term, Value } from "../syntax.ts";
import { type Body, lookUp, nameOf, tensorNames } from "./body.ts";
import { placeOf, report, reportLater, sourceText } from "./context.ts";
import { type Flow, shapeOfFlow } from "./layers/layer.ts";
import { findLayer } from "./layers/table.ts";
import { applyStages, type Carried, stageName } from "./pipe.ts";
import { meant } from "./suggest.ts";

/** `relu(x)` was meant as `x -> relu`. */
const startingFlow = (body: Body, call: Call): { readonly name: string; readonly flow: string } => {
  const name = sourceText(body.context, call.span);
  const [given, ...others] = call.args ?? [];
  const value = given?.choices[0]?.from;
  const inside = value?.kind === "call" && others.length === 0 ? body.locals.get(value.path.text) : undefined;
  if (value?.kind === "call" && inside !== undefined)
    return { name, flow: `${value.path.text} -> ${call.path.text}` };
  return { name, flow: `${tensorNames(body)[0] ?? "x"} -> ${name}` };
};

/** A layer, or a name that is not there, where a tensor is needed. */
const noTensor = (body: Body, call: Call): null => {
  const { context } = body;
  const found = findLayer(call.path.text);
  if (found.kind === "later") return reportLater(context, call.path);
  if (found.kind !== "unknown") {
    const holes = startingFlow(body, call);
    return report(context, nameFaults.report("start", placeOf(context, call.span), holes));
  }
  const holes = { name: call.path.text, remedy: meant(call.path.text, tensorNames(body)) };
  return report(context, nameFaults.report("tensor", placeOf(context, call.path.span), holes));
};

const notATensor = (body: Body, span: Span, found: string): null => {
  const { context } = body;
  return report(
    context,
    numberFaults.report("tensor", placeOf(context, span), { text: sourceText(context, span), found }),
  );
};

const named = (body: Body, call: Call): Flow | null => {
  const local = call.args === null ? lookUp(body, call.path.text) : null;
  if (local === null) return noTensor(body, call);
  if (local.kind === "tensor") return local.flow;
  return local.kind === "unknown" ? null : notATensor(body, call.span, "a number");
};

/** What the larger of two maps has to pass through to become the smaller one; null when no stride does it. */
const meetingBlock = (
  small: Flow,
  large: Flow,
): { readonly stride: number; readonly channels: number } | null => {
  const [to, from] = [shapeOfFlow(small), shapeOfFlow(large)];
  if (to.length !== 3 || from.length !== 3) return null;
  const stride = item(from, 1) / item(to, 1);
  const fits = Number.isInteger(stride) && stride > 1 && item(to, 2) * stride === item(from, 2);
  return fits ? { stride, channels: item(to, 0) } : null;
};

interface Side {
  readonly flow: Flow;
  readonly text: string;
}

const addRemedy = (left: Side, right: Side): string => {
  for (const [small, large] of [
    [left, right],
    [right, left],
  ] as const) {
    const block = meetingBlock(small.flow, large.flow);
    if (block === null) continue;
    const { stride, channels } = block;
    const made = `conv_bn(${channels}, 1x1, stride: ${stride})`;
    return `\`${small.text}\` has stride ${stride} and ${channels} channels: give \`${large.text}\` ${made}`;
  }
  return "make both shapes equal";
};

const addTwo = (body: Body, left: Side, operator: Name, right: Side, label: Name | null): Flow | null => {
  const { context, level } = body;
  const [a, b] = [shapeOfFlow(left.flow), shapeOfFlow(right.flow)];
  const stage = stageName(body, level, label, "add");
  if (!sameShape(a, b)) {
    const holes = { left: showShape(a), right: showShape(b), remedy: addRemedy(left, right) };
    return report(context, shapeFaults.report("add", placeOf(context, operator.span), holes));
  }
  const node = makeTensor("add", [left.flow.node, right.flow.node], {}, [
    { name: stage, span: operator.span },
  ]);
  return { node, word: "+", span: operator.span, inputs: [left.flow, right.flow] };
};

/** Sums of two at a time, from the left, as frameworks export them. */
const sum = (body: Body, first: Value, rest: readonly Term[], label: Name | null): Flow | null => {
  const other = rest.find(({ operator }) => operator.text !== "+");
  if (other !== undefined)
    return reportLater(body.context, other.operator, "only `+` of two tensors is built");
  let flow = flowOf(body, first, null);
  let text = sourceText(body.context, first.span);
  rest.forEach(({ operator, value }, index) => {
    const next = flowOf(body, value, null);
    const side = sourceText(body.context, value.span);
    const both = flow === null || next === null ? null : ([flow, next] as const);
    const name = index === rest.length - 1 ? label : null;
    flow =
      both === null
        ? null
        : addTwo(body, { flow: both[0], text }, operator, { flow: both[1], text: side }, name);
    text = "the sum before it";
  });
  return flow;
};

/** What stands before the first arrow: one tensor, or a list of them. */
const start = (body: Body, value: Value): Carried => {
  if (value.kind !== "list") {
    const flow = flowOf(body, value, null);
    return flow === null ? null : [flow];
  }
  const flows = value.items.map((part) => flowOf(body, part, null));
  const known = flows.filter((flow) => flow !== null);
  return known.length === flows.length ? known : null;
};

/** Builds the tensor that a value stands for. `label` names its last stage. Null: a fault was reported. */
export const flowOf = (body: Body, value: Value, label: Name | null): Flow | null => {
  switch (value.kind) {
    case "call":
      return named(body, value);
    case "pipe":
      return applyStages(body, value.stages, label, start(body, value.from));
    case "arithmetic":
      return sum(body, value.first, value.rest, label);
    case "group": {
      const [only] = value.items;
      if (only !== undefined && value.items.length === 1) return flowOf(body, only, label);
      return notATensor(body, value.span, "several values");
    }
    case "list":
      return notATensor(body, value.span, "a list");
    case "quantity":
      return notATensor(body, value.span, "a number");
    case "size":
      return notATensor(body, value.span, "a size");
    case "ratio":
      return notATensor(body, value.span, "a ratio");
    case "text":
      return notATensor(body, value.span, "a text");
    case "negate":
    case "if":
      return reportLater(body.context, nameOf(sourceText(body.context, value.span), value.span));
  }
};
