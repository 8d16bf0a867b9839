import { quoteName } from "../../../compiler/diagnostics/index.ts";
import type { Weight } from "../../../compiler/ir/core/index.ts";
import type { TensorGraph } from "../../../compiler/ir/tensor/index.ts";
import { syntaxFaults } from "../../diagnostics/syntax.ts";
import { weightFaults } from "../../diagnostics/weights.ts";
import type { Text, Weights } from "../../syntax.ts";
import { type Context, countFaults, placeOf, readFrom, report } from "../context.ts";
import { evaluate } from "../evaluate.ts";
import type { Init } from "../init.ts";
import { initOf, isInitItem } from "../initial.ts";
import type { Draft } from "../network.ts";
import { extensionOf, resolveFile } from "../paths.ts";
import type { Parameter } from "../store.ts";
import { bindByName } from "./by-name.ts";
import { fillParameters } from "./fill.ts";
import { bindInOrder } from "./in-order.ts";
import { type Binding, onlyWeights, replaceWeights } from "./replace.ts";

const readable: readonly string[] = ["npz", "npy", "safetensors", "onnx", "nir"];

type Parameters = ReadonlyMap<Weight, Parameter>;

/** Those that the `weights` line fills. */
const open = (parameters: Parameters): Parameters =>
  new Map([...parameters].filter(([, { source }]) => source.kind === "weights"));

/** True when every parameter says itself where its numbers come from. */
export const isFilled = ({ parameters }: Draft): boolean => open(parameters).size === 0;

const isInOrder = (context: Context, { inOrder, bindings }: Weights): boolean => {
  if (inOrder !== null && inOrder.text !== "order") {
    const holes = { found: `\`${inOrder.text}\``, expected: "`order`" };
    report(context, syntaxFaults.report("statement", placeOf(context, inOrder.span), holes));
  }
  const [named] = bindings;
  if (inOrder !== null && named !== undefined)
    report(context, weightFaults.report("both", placeOf(context, named.stage.span), {}));
  return inOrder !== null;
};

const formatFits = (context: Context, name: Text, inOrder: boolean): boolean => {
  const extension = extensionOf(name.text);
  const known = inOrder ? ["onnx"] : readable;
  if (known.includes(extension)) return true;
  const remedy = inOrder
    ? "`in order` reads .onnx files: name the weights by stage instead"
    : `use one of ${readable.map((e) => `.${e}`).join(", ")}`;
  report(
    context,
    weightFaults.report("format", placeOf(context, name.span), { file: quoteName(name.text), remedy }),
  );
  return false;
};

const fromFile = (context: Context, draft: Draft, weights: Weights, name: Text): Binding | null => {
  const inOrder = isInOrder(context, weights);
  if (!formatFits(context, name, inOrder)) return null;
  const path = resolveFile(context, name);
  if (path === null) return null;
  const file = { context, name };
  if (inOrder) {
    const model = readFrom(context, name, () => context.host.readModel(path));
    return model === null ? null : bindInOrder(file, draft.graph, draft.parameters, model);
  }
  const arrays = readFrom(context, name, () => context.host.readWeights(path));
  if (arrays === null) return null;
  return onlyWeights(bindByName(file, draft.name, open(draft.parameters), weights.bindings, arrays));
};

interface Line {
  readonly binding: Binding;
  /** What fills parameters that no file has. */
  readonly otherwise: Init | null;
}

const nothing: Line = { binding: onlyWeights(new Map()), otherwise: null };

/** What the `weights` line of a network says. Null: faults were reported. */
const readLine = (context: Context, draft: Draft): Line | null => {
  const { weights } = draft;
  if (weights === null) return nothing;
  const { from } = weights;
  if (from.kind === "text") {
    const binding = fromFile(context, draft, weights, from);
    return binding === null ? null : { binding, otherwise: null };
  }
  const item = evaluate(context, draft.constants, from);
  if (item === null) return null;
  if (!isInitItem(item) || item.text === "load")
    return report(context, weightFaults.report("source", placeOf(context, from.span), {}));
  const init = initOf(context, item);
  return init === null ? null : { ...nothing, otherwise: init };
};

/** Finds the numbers of all parameters of a checked network. Null: faults were reported, all of them. */
export const bindWeights = (context: Context, draft: Draft): TensorGraph | null => {
  const before = countFaults(context);
  const line = readLine(context, draft);
  if (line === null || countFaults(context) > before) return null;
  const weights = fillParameters(context, draft.parameters, line.binding.weights, line.otherwise);
  if (countFaults(context) > before) return null;
  return replaceWeights(draft.graph, { ...line.binding, weights });
};
