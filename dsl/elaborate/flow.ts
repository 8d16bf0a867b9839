import type { Span } from "../../compiler/diagnostics/index.ts";
import { makeTensor } from "../../compiler/ir/tensor/index.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { numberFaults } from "../diagnostics/option.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import { combine, isSign } from "../rational.ts";
import type { Call, Name, Term, Value } from "../syntax.ts";
import { allKnown } from "./all-known.ts";
import { operate, type Side } from "./arithmetic.ts";
import { type Body, type Carried, lookUp, tensorNames } from "./body.ts";
import { nested, placeOf, report, sourceText } from "./context.ts";
import { branchOf, evaluate } from "./evaluate.ts";
import { isFunction } from "./functions.ts";
import { describe } from "./items.ts";
import type { Flow } from "./layers/layer.ts";
import { stageName } from "./naming.ts";
import { previousOf } from "./native/previous.ts";
import { applyStages } from "./pipe.ts";
import { isStage } from "./resolve.ts";
import { meant } from "./suggest.ts";

/** True for what is known while the program is read; anything that can carry a tensor is not. */
export const isItem = (body: Body, value: Value): boolean => {
  switch (value.kind) {
    case "quantity":
    case "size":
    case "ratio":
    case "text":
      return true;
    case "negate":
      return isItem(body, value.of);
    case "arithmetic":
      return [value.first, ...value.rest.map((term) => term.value)].every((part) => isItem(body, part));
    case "group":
    case "list":
      return value.items.every((part) => isItem(body, part));
    case "if":
      return [value.otherwise, ...value.branches.map((branch) => branch.value)].every((part) =>
        isItem(body, part),
      );
    case "call": {
      const { path, args } = value;
      if (body.locals.get(path.text)?.local.kind === "tensor") return false;
      if (args !== null && isFunction(path.text)) return true;
      return args === null && (body.constants.get(path.text) ?? null) !== null;
    }
    case "pipe":
      return false;
  }
};

/** The tensor that `relu(x)` has as its only argument: `x -> relu` was meant. */
const tensorInside = (body: Body, { args }: Call): string | null => {
  const [given, ...others] = args ?? [];
  const value = given?.choices[0]?.from;
  if (value?.kind !== "call" || others.length > 0) return null;
  return body.locals.get(value.path.text)?.local.kind === "tensor" ? value.path.text : null;
};

/** True for a layer without its input, such as `LIF(tau: 10 ms, reset: hard)`. */
export const isLayerValue = (body: Body, value: Value): boolean =>
  value.kind === "call" &&
  body.locals.get(value.path.text)?.local.kind !== "tensor" &&
  isStage(body.constants, value.path.text) &&
  tensorInside(body, value) === null;

const startingFlow = (body: Body, call: Call): { readonly name: string; readonly flow: string } => {
  const name = sourceText(body.context, call.span);
  const inside = tensorInside(body, call);
  if (inside !== null) return { name, flow: `${inside} -> ${call.path.text}` };
  return { name, flow: `${tensorNames(body)[0] ?? "x"} -> ${name}` };
};

/** A layer, or a name that is not there, where a tensor is needed. */
const noTensor = (body: Body, call: Call): null => {
  const { context, constants } = body;
  if (constants.get(call.path.text) === null) return null;
  if (isStage(constants, call.path.text)) {
    const holes = startingFlow(body, call);
    return report(context, nameFaults.report("start", placeOf(context, call.span), holes));
  }
  const item = constants.get(call.path.text);
  if (item !== undefined && item !== null && call.args === null)
    return notATensor(body, call.span, describe(item));
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
  if (call.path.text === "previous" && call.args !== null) return previousOf(body, call);
  const local = call.args === null ? lookUp(body, call.path.text) : null;
  if (local?.kind === "tensor") return local.flow;
  return local?.kind === "unknown" ? null : noTensor(body, call);
};

/** A side of an operator. Null: a fault was reported. */
const sideOf = (body: Body, value: Value): Side | null => {
  const { context, constants } = body;
  const at = { text: () => sourceText(context, value.span), span: value.span };
  if (!isItem(body, value)) {
    const flow = flowOf(body, value, null);
    return flow === null ? null : { ...at, kind: "tensor", flow };
  }
  const item = evaluate(context, constants, value);
  if (item === null) return null;
  if (item.kind === "number" && item.unit === null) return { ...at, kind: "number", value: item.value };
  if (item.kind === "param") return { ...at, kind: "param", item };
  return notATensor(body, value.span, describe(item));
};

const resultOf = (body: Body, left: Side, operator: Name, right: Side, label: Name | null): Side | null => {
  const { text: sign, span } = operator;
  if (!isSign(sign)) return null;
  const at = { text: () => "what stands before it", span };
  if (left.kind === "number" && right.kind === "number") {
    const value = combine(sign, left.value, right.value);
    if (value !== null) return { ...at, kind: "number", value };
    const holes = { text: `${left.text()} ${sign} ${right.text()}` };
    return report(body.context, numberFaults.report("result", placeOf(body.context, span), holes));
  }
  const flow = operate(body, left, { sign, span }, right, label);
  return flow === null ? null : { ...at, kind: "tensor", flow };
};

/** Two at a time, from the left, as frameworks export them. */
const arithmetic = (body: Body, first: Value, rest: readonly Term[], label: Name | null): Flow | null => {
  let side = sideOf(body, first);
  rest.forEach(({ operator, value }, index) => {
    const next = sideOf(body, value);
    const name = index === rest.length - 1 ? label : null;
    side = side === null || next === null ? null : resultOf(body, side, operator, next, name);
  });
  return side?.kind === "tensor" ? side.flow : null;
};

/** What stands before the first arrow: one tensor, or a list of them. */
const start = (body: Body, value: Value): Carried => {
  if (value.kind !== "list") return flowsOf(body, value, null);
  return allKnown(value.items.map((part) => flowOf(body, part, null)));
};

const negated = (body: Body, of: Value, span: Span, label: Name | null): Flow | null => {
  const flow = flowOf(body, of, null);
  if (flow === null) return null;
  const origins = [{ name: stageName(body, label, "negate"), span }];
  const node = makeTensor("unary", [flow.node], { fn: { kind: "negate" } }, origins);
  return { node, kind: flow.kind === "values" ? "values" : "signal", word: "-", span, inputs: [flow] };
};

/** Builds the tensors that a value stands for; only blocks and `split` make several. Null: a fault was reported. */
export const flowsOf = (body: Body, value: Value, label: Name | null): Carried =>
  nested(body.context, value.span, () => flowsIn(body, value, label));

const flowsIn = (body: Body, value: Value, label: Name | null): Carried => {
  if (value.kind === "pipe") return applyStages(body, value.stages, label, start(body, value.from));
  if (value.kind === "if") {
    const branch = branchOf(body.context, body.constants, value);
    return branch === null ? null : flowsOf(body, branch, label);
  }
  const flow = single(body, value, label);
  return flow === null ? null : [flow];
};

const single = (body: Body, value: Value, label: Name | null): Flow | null => {
  switch (value.kind) {
    case "call":
      return named(body, value);
    case "arithmetic":
      return arithmetic(body, value.first, value.rest, label);
    case "group": {
      const [only] = value.items;
      if (only !== undefined && value.items.length === 1) return flowOf(body, only, label);
      return notATensor(body, value.span, "several values");
    }
    case "negate":
      return negated(body, value.of, value.span, label);
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
    case "pipe":
    case "if":
      return flowOf(body, value, label);
  }
};

/** Builds the one tensor that a value stands for. `label` names its last stage. Null: a fault was reported. */
export const flowOf = (body: Body, value: Value, label: Name | null): Flow | null => {
  const flows = flowsOf(body, value, label);
  if (flows === null) return null;
  const [flow, ...others] = flows;
  if (flow !== undefined && others.length === 0) return flow;
  const { context } = body;
  const holes = { text: sourceText(context, value.span), found: flows.length, wanted: 1 };
  return report(context, shapeFaults.report("outputs", placeOf(context, value.span), holes));
};
