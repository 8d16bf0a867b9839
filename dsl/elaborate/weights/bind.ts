import { quoteName } from "../../../compiler/diagnostics/index.ts";
import type { Weight } from "../../../compiler/ir/core/index.ts";
import type { TensorGraph } from "../../../compiler/ir/tensor/index.ts";
import type { NativeNetwork } from "../../../compiler/native/index.ts";
import { syntaxFaults } from "../../diagnostics/syntax.ts";
import { weightFaults } from "../../diagnostics/weights.ts";
import type { Text, Weights } from "../../syntax.ts";
import { type Context, countFaults, placeOf, readFrom, report } from "../context.ts";
import { evaluate } from "../evaluate.ts";
import type { SpkModel } from "../host.ts";
import type { Init } from "../init.ts";
import { initOf, isInitItem } from "../initial.ts";
import { buildNative } from "../native/build.ts";
import { arraysOf } from "../native/file.ts";
import { bindNirInOrder } from "../native/in-order.ts";
import type { Draft, NativeDraft } from "../network.ts";
import { extensionOf, resolveFile } from "../paths.ts";
import type { Parameter } from "../store.ts";
import { bindByName } from "./by-name.ts";
import type { WeightFile } from "./check.ts";
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

const inOrderFormat = ({ kind }: Draft): readonly string[] => (kind === "native" ? ["nir"] : ["onnx", "nir"]);

const formatFits = (context: Context, draft: Draft, name: Text, inOrder: boolean): boolean => {
  const extension = extensionOf(name.text);
  const known = inOrder ? inOrderFormat(draft) : readable;
  if (known.includes(extension)) return true;
  const all = known.map((e) => `.${e}`);
  const remedy = inOrder
    ? `\`in order\` reads ${all.join(" and ")} files here: name the weights by stage instead`
    : `use one of ${all.join(", ")}`;
  report(
    context,
    weightFaults.report("format", placeOf(context, name.span), { file: quoteName(name.text), remedy }),
  );
  return false;
};

/** The network of a model file. Null: what is wrong with it was reported. */
export const modelAt = (context: Context, name: Text, path: string): SpkModel | null =>
  readFrom(context, name, () =>
    extensionOf(name.text) === "nir"
      ? context.host.readNir(path)
      : { kind: "tensor", graph: context.host.readModel(path) },
  );

/** A network and a file that do not both run in time. */
const reportKinds = ({ context, name }: WeightFile, draft: Draft): null => {
  const what =
    draft.kind === "native"
      ? "the network runs in time, there nothing does"
      : "nothing of the network runs in time, there neurons do";
  const holes = { file: quoteName(name.text), what, remedy: "write the network as the file has it" };
  return report(context, weightFaults.report("order", placeOf(context, name.span), holes));
};

const loopsOf = ({ time }: NativeDraft): ReadonlySet<string> =>
  new Set(
    [...time.store.parts.values()].flatMap(({ part, stage }) => (part.kind === "previous" ? [stage] : [])),
  );

const inOrderOf = (file: WeightFile, draft: Draft, model: SpkModel): Binding | null => {
  const { parameters } = draft;
  if (draft.kind === "tensor" && model.kind === "tensor")
    return bindInOrder(file, draft.graph, parameters, model.graph);
  if (draft.kind === "native" && model.kind === "native")
    return onlyWeights(bindNirInOrder(file, draft.network, loopsOf(draft), parameters, model.network));
  return reportKinds(file, draft);
};

const arraysAt = (context: Context, name: Text, path: string): ReadonlyMap<string, Weight> | null =>
  readFrom(context, name, () =>
    extensionOf(name.text) === "nir" ? arraysOf(context.host.readNir(path)) : context.host.readWeights(path),
  );

const fromFile = (context: Context, draft: Draft, weights: Weights, name: Text): Binding | null => {
  const inOrder = isInOrder(context, weights);
  if (!formatFits(context, draft, name, inOrder)) return null;
  const path = resolveFile(context, name);
  if (path === null) return null;
  const file = { context, name };
  if (inOrder) {
    const model = modelAt(context, name, path);
    return model === null ? null : inOrderOf(file, draft, model);
  }
  const arrays = arraysAt(context, name, path);
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

/** A network with all its numbers. */
export type Bound =
  | { readonly kind: "tensor"; readonly graph: TensorGraph }
  | { readonly kind: "native"; readonly network: NativeNetwork };

const withWeights = (context: Context, draft: Draft, binding: Binding): Bound | null => {
  if (draft.kind === "tensor") return { kind: "tensor", graph: replaceWeights(draft.graph, binding) };
  const network = buildNative(context, draft.time, (w) => binding.weights.get(w) ?? w);
  return network === null ? null : { kind: "native", network };
};

/** Finds the numbers of all parameters of a checked network. Null: faults were reported, all of them. */
export const bindWeights = (context: Context, draft: Draft): Bound | null => {
  const before = countFaults(context);
  const line = readLine(context, draft);
  if (line === null || countFaults(context) > before) return null;
  const weights = fillParameters(context, draft.parameters, line.binding.weights, line.otherwise);
  if (countFaults(context) > before) return null;
  return withWeights(context, draft, { ...line.binding, weights });
};
