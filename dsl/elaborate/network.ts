import { type NodeOf, type Shape, sameShape, showShape, type Weight } from "../../compiler/ir/core/index.ts";
import { makeTensor, type Tensor, type TensorGraph } from "../../compiler/ir/tensor/index.ts";
import { kindFaults } from "../diagnostics/kind.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import { weightFaults } from "../diagnostics/weights.ts";
import type { Input, Network, Output, TensorShape, Weights } from "../syntax.ts";
import { buildBlock } from "./block.ts";
import { type Body, define, defineUnknown, reportUnused } from "./body.ts";
import { type Context, countFaults, lineAt, placeOf, report, sourceText } from "./context.ts";
import { flowOfOutput, kindOfShape, shapeFits, takesKind } from "./declared.ts";
import { type Constants, scopeIn } from "./items.ts";
import { type Flow, shapeOfFlow, type TensorKind } from "./layers/layer.ts";
import { shapeOf } from "./shapes.ts";
import { topLevel } from "./stages.ts";
import { readStatement } from "./statements.ts";
import { makeStore, type Parameter } from "./store.ts";

/** A network whose shapes are checked; placeholders stand where its weights will be. */
export interface Draft {
  readonly name: string;
  readonly graph: TensorGraph;
  readonly parameters: ReadonlyMap<Weight, Parameter>;
  /** Null: what no parameter says itself is unknown, so the network can be checked, not compiled. */
  readonly weights: Weights | null;
  /** Names of the file around it, for its `weights` line. */
  readonly constants: Constants;
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
  if (shape === null || input.shape === null) {
    defineUnknown(body, name.text);
    return null;
  }
  const node = makeTensor("input", [], { name: name.text, shape }, [{ name: name.text, span: name.span }]);
  const kind = kindOfShape(input.shape);
  define(body, name, { kind: "tensor", flow: { node, kind, word: name.text, span: name.span, inputs: [] } });
  return node;
};

/** The last layer of a network with as many units or channels as were declared. */
const outputRemedy = (body: Body, flow: Flow, found: string, declared: Shape): string => {
  const written = sourceText(body.context, flow.span);
  const last = `the last stage is \`${written}\` on line ${lineAt(body.context, flow.span)}`;
  const [wanted] = declared;
  const sameRank =
    declared.length === shapeOfFlow(flow).length && sameShape(declared.slice(1), shapeOfFlow(flow).slice(1));
  const adjustable = flow.word === "dense" || flow.word === "conv" || flow.word === "conv_bn";
  if (!sameRank || !adjustable || !written.includes("(")) return `${last}: change it, or declare ${found}`;
  return `${last}: make it \`${written.replace(/\(\s*\d+/, `(${wanted}`)}\`, or declare ${found}`;
};

const shownKind = (kind: TensorKind, shape: readonly number[]): string =>
  kind === "values" ? `values ${showShape(shape)}` : `${kind}${showShape(shape)}`;

const kindFits = (body: Body, { name }: Output, shape: TensorShape, flow: Flow): boolean => {
  const { context } = body;
  const wanted = kindOfShape(shape);
  if (takesKind(wanted, flow.kind)) return true;
  const found = shownKind(flow.kind, shapeOfFlow(flow));
  const remedy =
    wanted === "values"
      ? `add \`-> read.count\`, or declare \`${name.text}: ${found}\``
      : `declare \`${name.text}: ${showShape(shapeOfFlow(flow))}\``;
  const holes = { name: name.text, declared: shownKind(wanted, shapeOfFlow(flow)), found, remedy };
  const word = { ...flow.span, end: flow.span.start + flow.word.length };
  report(context, kindFaults.report("read-out", placeOf(context, word), holes));
  return false;
};

const readOutput = (body: Body, output: Output): Flow | null => {
  const { name, shape } = output;
  if (shape === null) undeclared(body, output);
  const flow = flowOfOutput(body, name);
  if (flow === null || shape === null) return null;
  const remedy = (found: string, wanted: Shape): string => outputRemedy(body, flow, found, wanted);
  return shapeFits(body, name, shape, flow, remedy) && kindFits(body, output, shape, flow) ? flow : null;
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
  const store = makeStore();
  const body: Body = {
    context,
    constants: scopeIn(constants),
    locals: new Map(),
    store,
    buildBlock,
    instance: null,
    level: topLevel(),
    exact: true,
  };
  const before = countFaults(context);
  const inputs = network.inputs.map((input) => readInput(body, input));
  const declares = (name: string): boolean => network.outputs.some((output) => output.name.text === name);
  for (const statement of network.body) readStatement(body, statement, declares);
  const outputs = network.outputs.map((output) => ({
    name: output.name.text,
    flow: readOutput(body, output),
  }));
  const broken = network.body.some(({ kind }) => kind === "broken");
  // After a fault it is not known what the faulty line would have read.
  if (!broken && countFaults(context) === before) reportUnused(body);
  const weights = weightsOf(context, network);
  const known = inputs.filter((node) => node !== null);
  const built = outputs.flatMap(({ name, flow }) => (flow === null ? [] : [{ name, value: flow.node }]));
  if (known.length < inputs.length || built.length < outputs.length || countFaults(context) > before)
    return null;
  const graph = { name: network.name.text, inputs: known, outputs: built };
  return { name: network.name.text, graph, parameters: store.parameters, weights, constants };
};
