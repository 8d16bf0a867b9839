import { atNode, type Diagnostic, named, quoteName, Rejected } from "../../../diagnostics/index.ts";
import { last, maker, type Output, type Shape } from "../../../ir/core/index.ts";
import { type Tensor, type TensorGraph, type TensorNode, tensorLevel } from "../../../ir/tensor/index.ts";
import { noNumberIn, type OnnxModel } from "../decode/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { constantNode } from "./constant-node.ts";
import { opsetFaults, unsupportedFaults } from "./faults.ts";
import { type Batch, graphInput } from "./graph-input.ts";
import { tensorValue } from "./initializer.ts";
import { guarded, type Reading, readNodes, type Values } from "./read-nodes.ts";
import { nothingSpent } from "./spent.ts";
import { structureOf } from "./structure.ts";
import { constant, type Value, wholeShape } from "./value.ts";
import { type Derive, derivation, reshapedWeight } from "./weights.ts";

export interface ImportOptions {
  readonly batch?: Batch;
  /** `opaque`: an operator that is not read becomes an opaque node, where the model states its result's shape. */
  readonly unsupported?: "refuse" | "opaque";
}

/** A model that was read, and the node that each of its values became. */
export interface Imported {
  readonly graph: TensorGraph;
  /** By ONNX value name; values that outputs do not need, and constants, are not there. */
  readonly values: ReadonlyMap<string, TensorNode>;
  /** The shapes that ONNX sees, by ONNX value name. */
  readonly shapes: ReadonlyMap<string, Shape>;
}

/** Values that no node makes: initializers that are read, and inputs of the graph. */
const leaves = (reading: Reading, read: ReadonlySet<string>, batch: Batch): Values => {
  const { model, faults } = reading;
  const values: Values = new Map();
  const initializers = new Set(model.graph.initializers.map(({ name }) => name));
  for (const tensor of model.graph.initializers)
    if (read.has(tensor.name))
      values.set(
        tensor.name,
        guarded(faults, () => tensorValue(tensor, tensor.name)),
      );
  for (const info of model.graph.inputs) {
    if (initializers.has(info.name)) continue;
    const found = graphInput(info, model.file, batch);
    if ("kind" in found) values.set(info.name, found);
    else {
      values.set(info.name, null);
      faults.push(...found);
    }
  }
  return values;
};

/** A constant that is an output becomes a node; its leading 1, when there is one, is the batch. */
const outputNode = (name: string, value: Value, derive: Derive): TensorNode => {
  if (value.kind === "computed") return value.node;
  const { weight, element } = value;
  const sample = weight.shape[0] === 1 ? reshapedWeight(weight, weight.shape.slice(1)) : weight;
  return constantNode({ make: maker<Tensor>(tensorLevel, [named(name)]), derive }, constant(sample, element));
};

/** Leaves out outputs that are constants with a NaN, each with its fault. */
const checkOutputs = ({ graph, file }: OnnxModel, values: Values, faults: Diagnostic[]): void => {
  for (const { name } of graph.outputs) {
    const value = values.get(name);
    if (value?.kind !== "constant") continue;
    const index = noNumberIn(value.weight);
    if (index < 0) continue;
    const holes = { tensor: quoteName(name), index, value: Number.NaN, rule: "constants are numbers" };
    faults.push(onnxDiagnostics.report("value", atNode(quoteName(name), file), holes));
    values.set(name, null);
  }
};

const isInput = (node: TensorNode): node is TensorGraph["inputs"][number] => node.op === "input";

const graphOf = ({ model, derive }: Reading, values: Values): TensorGraph => {
  const outputs = model.graph.outputs.flatMap(({ name }): readonly Output<Tensor>[] => {
    const value = values.get(name) ?? null;
    return value === null ? [] : [{ name, value: outputNode(name, value, derive) }];
  });
  const inputs = model.graph.inputs.flatMap(({ name }) => {
    const value = values.get(name) ?? null;
    return value?.kind === "computed" && isInput(value.node) ? [value.node] : [];
  });
  return {
    name: model.graph.name === "" ? last(model.file.split(/[\\/]/)) : model.graph.name,
    inputs,
    outputs,
  };
};

/** What could be read, and every fault that was found. */
export const readModel = (
  model: OnnxModel,
  options: ImportOptions = {},
): { readonly imported: Imported; readonly faults: readonly Diagnostic[] } => {
  const { graph, file } = model;
  const { order, read, faults: wiring } = structureOf(graph, file);
  const reading: Reading = {
    model,
    derive: derivation(),
    spent: nothingSpent(),
    faults: [...opsetFaults(model.opsets.get("") ?? 0, file), ...wiring],
    unsupported: new Set(),
    inner: new Map(),
    opaque: options.unsupported === "opaque",
    infos: new Map([...graph.valueInfo, ...graph.outputs].map((info) => [info.name, info])),
  };
  const values = leaves(reading, read, options.batch ?? "one");
  readNodes(reading, order, read, values);
  checkOutputs(model, values, reading.faults);
  const nodes = new Map<string, TensorNode>();
  const shapes = new Map<string, Shape>();
  for (const [name, value] of values) {
    if (value === null) continue;
    shapes.set(name, wholeShape(value));
    if (value.kind === "computed") nodes.set(name, value.node);
  }
  return {
    imported: { graph: graphOf(reading, values), values: nodes, shapes },
    faults: [...reading.faults, ...unsupportedFaults([...reading.unsupported], file)],
  };
};

/**
 * Turns a decoded model into a tensor graph, of one sample where the first axis is a batch. Only what the outputs
 * need is read; what depends on constants alone is computed. Throws Rejected with every fault found.
 */
export const importModel = (model: OnnxModel, options: ImportOptions = {}): Imported => {
  const { imported, faults } = readModel(model, options);
  if (faults.length > 0) throw new Rejected(faults);
  if (imported.graph.outputs.length < model.graph.outputs.length)
    throw new Error("an output was not read, and no fault says why");
  return imported;
};
