import { type Shape, sameShape, type Weight } from "../../compiler/ir/core/index.ts";
import { makeTensor, type TensorGraph } from "../../compiler/ir/tensor/index.ts";
import type { NativeNetwork } from "../../compiler/native/index.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import { weightFaults } from "../diagnostics/weights.ts";
import type { Input, Network, Output, Weights } from "../syntax.ts";
import { buildBlock } from "./block.ts";
import { type Body, define, defineUnknown, reportUnused } from "./body.ts";
import { type Context, countFaults, lineAt, placeOf, report, sourceText } from "./context.ts";
import { flowOfOutput, kindFits, kindOfShape, shapeFits } from "./declared.ts";
import { type Constants, scopeIn } from "./items.ts";
import { type Flow, shapeOfFlow } from "./layers/layer.ts";
import { buildNative } from "./native/build.ts";
import { clockOf } from "./native/clock.ts";
import { definedIn } from "./native/defined.ts";
import { checkStep, checkStill, graphOfDraft, runsInTime, type TimeDraft } from "./native/draft.ts";
import type { StandIn } from "./native/part.ts";
import { closeLoops } from "./native/previous.ts";
import { shapeOf } from "./shapes.ts";
import { topLevel } from "./stages.ts";
import { readStatement } from "./statements.ts";
import { makeStore, type Parameter } from "./store.ts";

interface Drafted {
  readonly name: string;
  readonly parameters: ReadonlyMap<Weight, Parameter>;
  /** Null: what no parameter says itself is unknown, so the network can be checked, not compiled. */
  readonly weights: Weights | null;
  /** Names of the file around it, for its `weights` line. */
  readonly constants: Constants;
}

export type TensorDraft = Drafted & { readonly kind: "tensor"; readonly graph: TensorGraph };

/** What runs in time; `network` holds the placeholders. */
export type NativeDraft = Drafted & {
  readonly kind: "native";
  readonly time: TimeDraft;
  readonly network: NativeNetwork;
};

/** A network whose shapes are checked; placeholders stand where its weights will be. */
export type Draft = TensorDraft | NativeDraft;

/** An input as it is read, with its node. */
type InputFlow = Flow & { readonly input: StandIn };

const undeclared = (body: Body, { name }: Input | Output): null =>
  report(
    body.context,
    shapeFaults.report("undeclared", placeOf(body.context, name.span), { name: name.text }),
  );

const readInput = (body: Body, input: Input): InputFlow | null => {
  const { name } = input;
  const shape =
    input.shape === null ? undeclared(body, input) : shapeOf(body.context, body.constants, input.shape);
  if (shape === null || input.shape === null) {
    defineUnknown(body, name.text);
    return null;
  }
  const node = makeTensor("input", [], { name: name.text, shape }, [{ name: name.text, span: name.span }]);
  const kind = kindOfShape(input.shape);
  const flow: Flow = { node, kind, word: name.text, span: name.span, inputs: [] };
  define(body, name, { kind: "tensor", flow });
  return { ...flow, input: node };
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

const readOutput = (body: Body, output: Output): Flow | null => {
  const { name, shape } = output;
  if (shape === null) undeclared(body, output);
  const flow = flowOfOutput(body, name);
  if (flow === null || shape === null) return null;
  const remedy = (found: string, wanted: Shape): string => outputRemedy(body, flow, found, wanted);
  return shapeFits(body, name, shape, flow, remedy) && kindFits(body, name, shape, flow) ? flow : null;
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

const bodyOf = (context: Context, constants: Constants, network: Network): Body => {
  const scope = scopeIn(constants);
  return {
    context,
    constants: scope,
    locals: new Map(),
    store: makeStore(clockOf(context, scope, network)),
    buildBlock,
    instance: null,
    level: topLevel(),
    exact: true,
    loops: definedIn(network),
    open: [],
  };
};

/** Inputs and outputs of a network after its statements; null for those with faults. */
const readBody = (body: Body, network: Network) => {
  const inputs = network.inputs.map((input) => readInput(body, input));
  const declares = (name: string): boolean => network.outputs.some((output) => output.name.text === name);
  for (const statement of network.body) readStatement(body, statement, declares);
  closeLoops(body);
  const outputs = network.outputs.map((output) => ({
    name: output.name.text,
    flow: readOutput(body, output),
  }));
  return { inputs, outputs };
};

/** Elaborates a network up to its weights. Null: faults were reported, all of them. */
export const draftNetwork = (context: Context, constants: Constants, network: Network): Draft | null => {
  const before = countFaults(context);
  const body = bodyOf(context, constants, network);
  const { store } = body;
  const { inputs, outputs } = readBody(body, network);
  const broken = network.body.some(({ kind }) => kind === "broken");
  // After a fault it is not known what the faulty line would have read.
  if (!broken && countFaults(context) === before) reportUnused(body);
  const weights = weightsOf(context, network);
  const known = inputs.filter((flow) => flow !== null);
  const inTime = runsInTime(store, known);
  if (inTime) checkStep(context, network, store);
  else if (countFaults(context) === before) checkStill(context, network, store);
  const built = outputs.flatMap(({ name, flow }) =>
    flow === null ? [] : [{ name, value: flow.node, kind: flow.kind }],
  );
  if (known.length < inputs.length || built.length < outputs.length || countFaults(context) > before)
    return null;
  const { text: name } = network.name;
  const time: TimeDraft = { name, inputs: known.map(({ input }) => input), outputs: built, store };
  const common = { name, parameters: store.parameters, weights, constants };
  if (!inTime) return { ...common, kind: "tensor", graph: graphOfDraft(time) };
  const native = buildNative(context, time, (placeholder) => placeholder);
  return native === null ? null : { ...common, kind: "native", time, network: native };
};
