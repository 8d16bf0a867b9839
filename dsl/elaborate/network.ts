import type { NodeOf } from "../../compiler/ir/core/index.ts";
import { sameShape, showShape, type Weight } from "../../compiler/ir/core/index.ts";
import { makeTensor, type Tensor, type TensorGraph } from "../../compiler/ir/tensor/index.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import { weightFaults } from "../diagnostics/weights.ts";
import type { Assign, Input, Network, Output, Statement, Value, Weights } from "../syntax.ts";
import { type Body, define, defineUnknown, reportUnused } from "./body.ts";
import { type Context, lineAt, placeOf, report, reportLater, sourceText } from "./context.ts";
import { type Constants, evaluate, type Item, isFunction } from "./evaluate.ts";
import { flowOf } from "./flow.ts";
import { type Flow, type Parameter, shapeOfFlow } from "./layers/layer.ts";
import { checkShape } from "./pipe.ts";
import { shapeOf } from "./shapes.ts";
import { topLevel } from "./stages.ts";

/** A network whose shapes are checked; placeholders stand where its weights will be. */
export interface Draft {
  readonly name: string;
  readonly graph: TensorGraph;
  readonly parameters: ReadonlyMap<Weight, Parameter>;
  /** Null: the network can be checked, not compiled. */
  readonly weights: Weights | null;
}

type InputNode = NodeOf<Tensor, "input">;

const undeclared = (body: Body, { name }: Input | Output): null =>
  report(
    body.context,
    shapeFaults.report("undeclared", placeOf(body.context, name.span), { name: name.text }),
  );

const readInput = (body: Body, input: Input): InputNode | null => {
  const { name } = input;
  const shape =
    input.shape === null ? undeclared(body, input) : shapeOf(body.context, body.constants, input.shape);
  if (shape === null) {
    defineUnknown(body, name.text);
    return null;
  }
  const node = makeTensor("input", [], { name: name.text, shape }, [{ name: name.text, span: name.span }]);
  define(body, name, { kind: "tensor", flow: { node, word: name.text, span: name.span, inputs: [] } });
  return node;
};

/** The statement `n = 3` gives a number a name; anything that can carry a tensor is one. */
const isNumeric = (body: Body, value: Value): boolean => {
  if (value.kind === "quantity" || value.kind === "size" || value.kind === "negate") return true;
  if (value.kind === "arithmetic")
    return [value.first, ...value.rest.map((term) => term.value)].every((part) => isNumeric(body, part));
  if (value.kind === "group") return value.items.every((part) => isNumeric(body, part));
  if (value.kind !== "call") return false;
  const { path, args } = value;
  return args === null ? (body.constants.get(path.text) ?? null) !== null : isFunction(path.text);
};

const assignTensor = (body: Body, target: Output, value: Value, outputs: readonly Output[]): Flow | null => {
  const declared = outputs.some(({ name }) => name.text === target.name.text);
  const flow = flowOf(body, value, declared ? null : target.name);
  if (flow === null) {
    defineUnknown(body, target.name.text);
    return null;
  }
  define(body, target.name, { kind: "tensor", flow });
  checkShape(body, target, flow);
  return flow;
};

const assign = (body: Body, { targets, value }: Assign, outputs: readonly Output[]): void => {
  const [target] = targets;
  if (target === undefined) return;
  if (targets.length > 1) {
    for (const { name } of targets) defineUnknown(body, name.text);
    reportLater(body.context, { text: "split", span: target.name.span });
    return;
  }
  if (!isNumeric(body, value)) {
    assignTensor(body, target, value, outputs);
    return;
  }
  const item: Item | null = evaluate(body.context, body.constants, value);
  if (item === null) defineUnknown(body, target.name.text);
  else define(body, target.name, { kind: "item", item });
};

const readStatement = (body: Body, statement: Statement, outputs: readonly Output[]): void => {
  switch (statement.kind) {
    case "assign":
      assign(body, statement, outputs);
      return;
    case "param":
    case "shared":
      reportLater(body.context, statement.name);
      defineUnknown(body, statement.name.text);
      return;
    case "step":
    case "dynamics":
    case "require":
      reportLater(body.context, {
        text: statement.kind,
        span: statement.kind === "dynamics" ? statement.rule.span : statement.span,
      });
      return;
    case "broken":
      for (const name of statement.names) defineUnknown(body, name);
      return;
    case "weights":
      return;
  }
};

/** The last layer of a network with as many units or channels as were declared. */
const outputRemedy = (body: Body, flow: Flow, declared: readonly number[]): string => {
  const found = showShape(shapeOfFlow(flow));
  const written = sourceText(body.context, flow.span);
  const last = `the last stage is \`${written}\` on line ${lineAt(body.context, flow.span)}`;
  const [wanted] = declared;
  const sameRank =
    declared.length === shapeOfFlow(flow).length && sameShape(declared.slice(1), shapeOfFlow(flow).slice(1));
  const adjustable = flow.word === "dense" || flow.word === "conv" || flow.word === "conv_bn";
  if (!sameRank || !adjustable || !written.includes("(")) return `${last}: change it, or declare ${found}`;
  return `${last}: make it \`${written.replace(/\(\s*\d+/, `(${wanted}`)}\`, or declare ${found}`;
};

const readOutput = (body: Body, output: Output): Flow | null => {
  const { context } = body;
  const { name, shape } = output;
  const defined = body.locals.get(name.text);
  const declared = shape === null ? undeclared(body, output) : shapeOf(context, body.constants, shape);
  if (defined === undefined || (defined.name !== null && defined.local.kind === "item")) {
    return report(context, nameFaults.report("output", placeOf(context, name.span), { name: name.text }));
  }
  defined.read = true;
  if (defined.local.kind !== "tensor" || declared === null || shape === null) return null;
  const { flow } = defined.local;
  if (sameShape(declared, shapeOfFlow(flow))) return flow;
  const holes = { name: name.text, declared: showShape(declared), found: showShape(shapeOfFlow(flow)) };
  const remedy = outputRemedy(body, flow, declared);
  return report(context, shapeFaults.report("output", placeOf(context, shape.span), { ...holes, remedy }));
};

const weightsOf = (context: Context, network: Network): Weights | null => {
  const [first = null, second] = network.body.flatMap((statement) =>
    statement.kind === "weights" ? [statement] : [],
  );
  if (second !== undefined)
    report(
      context,
      weightFaults.report("twice", placeOf(context, second.span), { network: network.name.text }),
    );
  return first;
};

/** Elaborates a network up to its weights. Null: faults were reported, all of them. */
export const draftNetwork = (context: Context, constants: Constants, network: Network): Draft | null => {
  const body: Body = {
    context,
    constants: new Map(constants),
    locals: new Map(),
    parameters: new Map(),
    level: topLevel(),
  };
  const before = context.faults.count();
  const inputs = network.inputs.map((input) => readInput(body, input));
  for (const statement of network.body) readStatement(body, statement, network.outputs);
  const outputs = network.outputs.map((output) => ({
    name: output.name.text,
    flow: readOutput(body, output),
  }));
  const broken = network.body.some(({ kind }) => kind === "broken");
  // After a fault it is not known what the faulty line would have read.
  if (!broken && context.faults.count() === before) reportUnused(body);
  const weights = weightsOf(context, network);
  const known = inputs.filter((node) => node !== null);
  const built = outputs.flatMap(({ name, flow }) => (flow === null ? [] : [{ name, value: flow.node }]));
  if (known.length < inputs.length || built.length < outputs.length || context.faults.count() > before)
    return null;
  const graph = { name: network.name.text, inputs: known, outputs: built };
  return { name: network.name.text, graph, parameters: body.parameters, weights };
};
