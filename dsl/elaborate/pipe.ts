import type { Span } from "../../compiler/diagnostics/index.ts";
import { sameShape, showShape } from "../../compiler/ir/core/index.ts";
import { makeTensor } from "../../compiler/ir/tensor/index.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import type { Call, Name, Output, Stage } from "../syntax.ts";
import { type Body, define, defineUnknown } from "./body.ts";
import { placeOf, report, reportLater } from "./context.ts";
import { type Flow, type Layer, type Site, shapeOfFlow } from "./layers/layer.ts";
import { findLayer, layerWords } from "./layers/table.ts";
import { matchOptions, type Options, signature } from "./options.ts";
import { isBounded, shapeOf } from "./shapes.ts";
import { countedName, type Level, levelBelow, takeName } from "./stages.ts";
import { meant } from "./suggest.ts";

/** What an arrow carries: one value, several for a join, or null when a fault was reported on the way. */
export type Carried = readonly Flow[] | null;

/** The path of a stage: its own name, or its word and the next free number. */
export const stageName = (body: Body, level: Level, label: Name | null, word: string): string => {
  if (label !== null) {
    const path = takeName(level, label.text);
    if (path !== null) return path;
    if (!body.locals.has(label.text)) {
      const holes = {
        name: label.text,
        remedy: "another stage was counted to this name: choose another one",
      };
      report(body.context, nameFaults.report("twice", placeOf(body.context, label.span), holes));
    }
    return `${level.prefix}${label.text}`;
  }
  for (;;) {
    const path = takeName(level, countedName(level, word));
    if (path !== null) return path;
  }
};

const siteOf = (body: Body, stage: string, call: Call, options: Options): Site => ({
  context: body.context,
  stage,
  span: call.span,
  word: call.path.span,
  options,
  parameters: body.parameters,
});

const built = (
  body: Body,
  call: Call,
  layer: Layer,
  options: Options,
  stage: string,
  input: Flow,
): Flow | null => {
  const node = layer.build(siteOf(body, stage, call, options), input);
  if (node === null || !isBounded(body.context, node.type.shape, call.span)) return null;
  return { node, word: call.path.text, span: call.span, inputs: [input] };
};

/** `conv_bn`: a conv without bias, then a batch norm, in a level of their own when the block has a name. */
const buildBlock = (
  body: Body,
  call: Call,
  layer: Layer,
  label: Name | null,
  input: Carried,
): Flow | null => {
  const { context } = body;
  const named = layer.signature.named.filter((name) => name !== "bias");
  const of = { ...layer.signature, owner: call.path.text, named };
  const options = matchOptions(context, body.constants, of, call.args ?? [], call.span);
  const single = onlyInput(body, call, input);
  if (options === null || single === null) return null;
  const none = { kind: "word", text: "none", args: null, span: call.span } as const;
  const given = new Map(options.given).set("bias", { item: none, span: call.span });
  const level = label === null ? body.level : levelBelow(body.level, stageName(body, body.level, label, ""));
  const conv = built(
    body,
    call,
    layer,
    { ...options, given },
    stageName(body, level, null, layer.counted),
    single,
  );
  if (conv === null) return null;
  const found = findLayer("batch_norm");
  if (found.kind !== "layer") throw new Error("batch_norm is no layer");
  const norm = { context, owner: "batch_norm", at: call.span, given: new Map() };
  const after = built(body, call, found.layer, norm, stageName(body, level, null, found.layer.counted), conv);
  return after === null ? null : { ...after, inputs: [single] };
};

const onlyInput = (body: Body, call: Call, input: Carried): Flow | null => {
  if (input === null) return null;
  const [single] = input;
  if (single !== undefined && input.length === 1) return single;
  const holes = {
    name: call.path.text,
    wanted: "one input",
    found: `are ${input.length}`,
    remedy: "join them with `concat` or `+` first",
  };
  return report(body.context, shapeFaults.report("inputs", placeOf(body.context, call.path.span), holes));
};

const buildLayer = (
  body: Body,
  call: Call,
  layer: Layer,
  label: Name | null,
  input: Carried,
): Flow | null => {
  const options = matchOptions(body.context, body.constants, layer.signature, call.args ?? [], call.span);
  const single = onlyInput(body, call, input);
  const stage = stageName(body, body.level, label, layer.counted);
  return options === null || single === null ? null : built(body, call, layer, options, stage, single);
};

const joinable = (body: Body, call: Call, first: Flow, other: Flow): boolean => {
  const [a, b] = [shapeOfFlow(first), shapeOfFlow(other)];
  if (a.length === b.length && sameShape(a.slice(1), b.slice(1))) return true;
  const holes = { left: showShape(a), right: showShape(b) };
  report(body.context, shapeFaults.report("concat", placeOf(body.context, call.span), holes));
  return false;
};

const buildConcat = (body: Body, call: Call, label: Name | null, input: Carried): Flow | null => {
  const options = matchOptions(
    body.context,
    body.constants,
    signature("concat", []),
    call.args ?? [],
    call.span,
  );
  const stage = stageName(body, body.level, label, "concat");
  const [first] = input ?? [];
  if (options === null || input === null || first === undefined) return null;
  if (!input.every((other) => joinable(body, call, first, other))) return null;
  const node = makeTensor(
    "concat",
    input.map((flow) => flow.node),
    { axis: 0 },
    [{ name: stage, span: call.span }],
  );
  return isBounded(body.context, node.type.shape, call.span)
    ? { node, word: "concat", span: call.span, inputs: input }
    : null;
};

const unknownLayer = (body: Body, { path }: Call, alias: string | null): null => {
  const remedy = alias === null ? meant(path.text, layerWords) : `did you mean \`${alias}\`?`;
  return report(
    body.context,
    nameFaults.report("layer", placeOf(body.context, path.span), { name: path.text, remedy }),
  );
};

const applyCall = (body: Body, call: Call, label: Name | null, input: Carried): Flow | null => {
  const found = findLayer(call.path.text);
  switch (found.kind) {
    case "layer":
      return buildLayer(body, call, found.layer, label, input);
    case "block":
      return buildBlock(body, call, found.layer, label, input);
    case "concat":
      return buildConcat(body, call, label, input);
    case "later":
      return reportLater(body.context, call.path);
    case "unknown":
      return body.locals.has(call.path.text) ? notALayer(body, call) : unknownLayer(body, call, found.alias);
  }
};

const notALayer = (body: Body, { path }: Call): null => {
  if (body.locals.get(path.text)?.local.kind === "unknown") return null;
  const remedy = "a tensor stands before the arrows; add it with `+`, or join it with `[a, b] -> concat`";
  return report(
    body.context,
    nameFaults.report("layer", placeOf(body.context, path.span), { name: path.text, remedy }),
  );
};

/** Checks a declared shape against what was built; `declared` null asks for nothing. */
export const checkShape = (body: Body, { name, shape }: Output, flow: Flow): void => {
  const declared = shape === null ? null : shapeOf(body.context, body.constants, shape);
  if (declared === null || shape === null || sameShape(declared, shapeOfFlow(flow))) return;
  const found = showShape(shapeOfFlow(flow));
  const holes = {
    name: name.text,
    declared: showShape(declared),
    found,
    remedy: `declare ${found}, or change the stage before it`,
  };
  report(body.context, shapeFaults.report("output", placeOf(body.context, shape.span), holes));
};

const labelled = (body: Body, label: Output | null, flow: Flow | null): void => {
  if (label === null) return;
  if (flow === null) defineUnknown(body, label.name.text);
  else {
    define(body, label.name, { kind: "tensor", flow });
    checkShape(body, label, flow);
    const defined = body.locals.get(label.name.text);
    // A stage may have a name for its weights or the recipe alone.
    if (defined !== undefined) defined.read = true;
  }
};

const applyStage = (body: Body, stage: Stage, last: Name | null, input: Carried): Flow | null => {
  const { what, label } = stage;
  if (what.kind !== "call") {
    const word: Name = { text: what.kind, span: wordOf(what.span, what.kind) };
    labelled(body, label, null);
    return reportLater(body.context, word);
  }
  const flow = applyCall(body, what, label?.name ?? last, input);
  labelled(body, label, flow);
  return flow;
};

const wordOf = (span: Span, word: string): Span => ({ ...span, end: span.start + word.length });

/** Leads a value through the stages of a pipe; `last` names the last one when it has no name of its own. */
export const applyStages = (
  body: Body,
  stages: readonly Stage[],
  last: Name | null,
  input: Carried,
): Flow | null => {
  let carried: Carried = input;
  for (const [index, stage] of stages.entries()) {
    const flow = applyStage(body, stage, index === stages.length - 1 ? last : null, carried);
    carried = flow === null ? null : [flow];
  }
  return carried?.[0] ?? null;
};
