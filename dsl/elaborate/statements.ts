import { sizeOf } from "../../compiler/ir/core/index.ts";
import { conditionFaults } from "../diagnostics/option.ts";
import { parameterFaults } from "../diagnostics/parameter.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import type { Assign, Name, Output, Param, Require, Shared, Statement, Value } from "../syntax.ts";
import { type Body, define, defineUnknown } from "./body.ts";
import { placeOf, report, sourceText } from "./context.ts";
import { evaluate, holds } from "./evaluate.ts";
import { flowOf, flowsOf, isItem, isLayerValue } from "./flow.ts";
import { drawnBy, type Fans, fansOf } from "./init.ts";
import { initOf, initWords, isInitItem } from "./initial.ts";
import { type Flow, fromWeights, parameter } from "./layers/layer.ts";
import { stageName } from "./naming.ts";
import { checkShape } from "./pipe.ts";
import { shapeOf } from "./shapes.ts";
import type { Source } from "./store.ts";

type Declares = (name: string) => boolean;

const assignFlow = (body: Body, target: Output, flow: Flow | null): void => {
  if (flow === null) {
    defineUnknown(body, target.name.text);
    return;
  }
  define(body, target.name, { kind: "tensor", flow });
  checkShape(body, target, flow);
};

/** `a, b = x -> split(2)` */
const assignSeveral = (body: Body, { targets, value }: Assign): void => {
  const flows = flowsOf(body, value, null);
  if (flows !== null && flows.length !== targets.length) {
    const { context } = body;
    const holes = { text: sourceText(context, value.span), found: flows.length, wanted: targets.length };
    report(context, shapeFaults.report("outputs", placeOf(context, value.span), holes));
  }
  const fits = flows?.length === targets.length;
  targets.forEach((target, i) => {
    assignFlow(body, target, fits ? (flows[i] ?? null) : null);
  });
};

const assignItem = (body: Body, name: Name, value: Value): void => {
  const item = evaluate(body.context, body.constants, value);
  if (item === null) defineUnknown(body, name.text);
  else define(body, name, { kind: "item" }, item);
};

const assign = (body: Body, statement: Assign, declares: Declares): void => {
  const { targets, value } = statement;
  const [target] = targets;
  if (target === undefined) return;
  if (targets.length > 1) assignSeveral(body, statement);
  else if (isItem(body, value) || isLayerValue(body, value)) assignItem(body, target.name, value);
  else {
    const label = declares(target.name.text) ? null : target.name;
    assignFlow(body, target, flowOf(body, value, label));
  }
};

/** Where a `param` gets its numbers from. Null: a fault was reported. */
const sourceOf = (body: Body, { init }: Param, fans: Fans): Source | null => {
  if (init === null) return fromWeights(drawnBy(fans));
  const { context } = body;
  const item = evaluate(context, body.constants, init);
  if (item === null) return null;
  if (item.kind === "word" && item.text === "stored" && item.args === null) return fromWeights(drawnBy(fans));
  if (!isInitItem(item)) {
    const holes = { name: "init", owner: "param", words: initWords.join(", ") };
    return report(context, parameterFaults.report("value", placeOf(context, item.span), holes));
  }
  const made = initOf(context, item);
  return made === null ? null : { kind: "init", init: made, fans };
};

const readParam = (body: Body, statement: Param): void => {
  const { name, span } = statement;
  const shape = shapeOf(body.context, body.constants, statement.shape);
  const source = sourceOf(body, statement, fansOf(shape ?? []));
  if (shape === null || source === null || sizeOf(shape) === 0) {
    defineUnknown(body, name.text);
    return;
  }
  const stage = stageName(body, name, name.text);
  const { context, store, instance } = body;
  const weight = parameter({ context, stage, span, store, instance }, "", shape, source);
  define(body, name, { kind: "item" }, { kind: "param", name: name.text, weight, span: name.span });
};

const readShared = (body: Body, { name, stages, span }: Shared): void => {
  const path = stageName(body, name, name.text);
  define(
    body,
    name,
    { kind: "item" },
    {
      kind: "shared",
      name: name.text,
      path,
      stages,
      within: body.constants,
      parameters: new Map(),
      first: { shapes: null },
      span,
    },
  );
};

/** A precondition of a block, or of a network. */
const checkRequired = ({ context, constants }: Body, { condition, reason, span }: Require): void => {
  if (holds(context, constants, condition) !== false) return;
  const text = sourceText(context, condition.span);
  const said = reason === null ? "it holds where the block may be used" : reason.text;
  report(context, conditionFaults.report("require", placeOf(context, span), { text, reason: said }));
};

/** Reads one statement of a body; `declares` tells the names of its outputs. */
export const readStatement = (body: Body, statement: Statement, declares: Declares): void => {
  switch (statement.kind) {
    case "assign":
      assign(body, statement, declares);
      return;
    case "param":
      readParam(body, statement);
      return;
    case "shared":
      readShared(body, statement);
      return;
    case "require":
      checkRequired(body, statement);
      return;
    case "broken":
      for (const name of statement.names) defineUnknown(body, name);
      return;
    case "weights":
    case "step":
    case "dynamics":
      return;
  }
};
