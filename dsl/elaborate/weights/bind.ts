import { quoteName } from "../../../compiler/diagnostics/index.ts";
import type { TensorGraph } from "../../../compiler/ir/tensor/index.ts";
import { syntaxFaults } from "../../diagnostics/syntax.ts";
import { weightFaults } from "../../diagnostics/weights.ts";
import type { Text, Weights } from "../../syntax.ts";
import { type Context, placeOf, readFrom, report, reportLater, sourceText } from "../context.ts";
import type { Draft } from "../network.ts";
import { extensionOf, resolveFile } from "../paths.ts";
import { bindByName } from "./by-name.ts";
import { bindInOrder } from "./in-order.ts";
import { type Binding, onlyWeights, replaceWeights } from "./replace.ts";

const readable: readonly string[] = ["npz", "npy", "safetensors", "onnx"];

const fileOf = (context: Context, { from }: Weights): Text | null => {
  if (from.kind === "text") return from;
  return reportLater(
    context,
    { text: sourceText(context, from.span), span: from.span },
    'read the weights from a file: `weights "file.npz"`',
  );
};

const isInOrder = (context: Context, { inOrder, bindings }: Weights): boolean => {
  if (inOrder !== null && inOrder.text !== "order") {
    const holes = { found: `\`${inOrder.text}\``, expected: "`order`" };
    report(context, syntaxFaults.report("statement", placeOf(context, inOrder.span), holes));
  }
  const [named] = bindings;
  if (inOrder !== null && named !== undefined)
    reportLater(context, named.stage, "leave out `in order`, or the names");
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

const bindingOf = (
  context: Context,
  draft: Draft,
  weights: Weights,
  name: Text,
  path: string,
): Binding | null => {
  const file = { context, name };
  if (isInOrder(context, weights)) {
    const model = readFrom(context, name, () => context.host.readModel(path));
    return model === null ? null : bindInOrder(file, draft.graph, draft.parameters, model);
  }
  const arrays = readFrom(context, name, () => context.host.readWeights(path));
  if (arrays === null) return null;
  return onlyWeights(bindByName(file, draft.name, draft.parameters, weights.bindings, arrays));
};

/** Reads the weights of a checked network. Null: faults were reported, all of them. */
export const bindWeights = (context: Context, draft: Draft, weights: Weights): TensorGraph | null => {
  const before = context.faults.count();
  const name = fileOf(context, weights);
  if (name === null || !formatFits(context, name, weights.inOrder !== null)) return null;
  const path = resolveFile(context, name);
  const binding = path === null ? null : bindingOf(context, draft, weights, name, path);
  return binding === null || context.faults.count() > before ? null : replaceWeights(draft.graph, binding);
};
