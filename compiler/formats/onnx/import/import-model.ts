import { type Diagnostic, named, Rejected } from "../../../diagnostics/index.ts";
import { IllTyped, last, maker, type Output, sizeOf } from "../../../ir/core/index.ts";
import {
  makeTensor,
  type Tensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
} from "../../../ir/tensor/index.ts";
import { decodeModel, type OnnxModel, type OnnxNode } from "../decode/index.ts";
import { limits } from "../decode/limits.ts";
import { formFaults, opsetFaults, outputFaults, unsupportedFaults } from "./faults.ts";
import { graphInput } from "./graph-input.ts";
import { importerOf } from "./importers.ts";
import { initializerWeight } from "./initializer.ts";
import { nameOfNode } from "./names.ts";
import { type Importer, type Site, tooLarge, wrongShape } from "./site.ts";
import { structureOf } from "./structure.ts";
import { type Value, wholeShape } from "./value.ts";
import { type Derive, derivation, reshapedWeight } from "./weights.ts";

/** A model that was read, and the node that each of its values became. */
export interface Imported {
  readonly graph: TensorGraph;
  /** By ONNX value name; values that outputs do not need, and constants, are not there. */
  readonly values: ReadonlyMap<string, TensorNode>;
}

/** Values so far; null for one whose fault is already told. */
type Values = Map<string, Value | null>;

/** Runs `make`, keeps the faults that it throws, and gives null for them. */
const guarded = <T>(faults: Diagnostic[], make: () => T): T | null => {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    faults.push(...error.diagnostics);
    return null;
  }
};

/** The rule's value; what the builder refuses is a misfit of shapes, since attributes were checked. */
const runRule = (importer: Importer, site: Site): Value => {
  try {
    const value = importer.run(site);
    const size = sizeOf(wholeShape(value));
    return size <= limits.elements ? value : tooLarge(site, "values in one tensor", size, limits.elements);
  } catch (error) {
    if (error instanceof IllTyped) return wrongShape(site, error.message);
    throw error;
  }
};

const siteOf = (
  model: OnnxModel,
  node: OnnxNode,
  inputs: readonly (Value | null)[],
  derive: Derive,
): Site => {
  const name = nameOfNode(node);
  return {
    node,
    name,
    file: model.file,
    opset: model.opsets.get("") ?? 0,
    inputs,
    make: maker<Tensor>(tensorLevel, [named(name)]),
    derive,
  };
};

/** Values that no node makes: initializers that are read, and inputs of the graph. */
const leaves = (model: OnnxModel, read: ReadonlySet<string>, faults: Diagnostic[]): Values => {
  const values: Values = new Map();
  for (const tensor of model.graph.initializers) {
    if (!read.has(tensor.name)) continue;
    const weight = guarded(faults, () => initializerWeight(tensor, tensor.name));
    values.set(tensor.name, weight === null ? null : { kind: "constant", weight });
  }
  const initializers = new Set(model.graph.initializers.map(({ name }) => name));
  for (const info of model.graph.inputs) {
    if (initializers.has(info.name)) continue;
    const found = graphInput(info, model.file);
    if ("kind" in found) values.set(info.name, found);
    else {
      values.set(info.name, null);
      faults.push(...found);
    }
  }
  return values;
};

const addNode = (
  model: OnnxModel,
  node: OnnxNode,
  importer: Importer,
  values: Values,
  derive: Derive,
  faults: Diagnostic[],
): void => {
  const inputs = node.inputs.map((name) => (name === "" ? null : (values.get(name) ?? null)));
  const told = node.inputs.some((name, i) => name !== "" && inputs[i] === null);
  const form = formFaults(node, importer, model.file);
  faults.push(...form);
  const runs = !told && form.length === 0;
  const value = runs ? guarded(faults, () => runRule(importer, siteOf(model, node, inputs, derive))) : null;
  const [first = ""] = node.outputs;
  values.set(first, value);
};

/** A constant that is an output becomes a node; its leading 1, when there is one, is the batch. */
const outputNode = (name: string, value: Value): TensorNode => {
  if (value.kind === "computed") return value.node;
  const { weight } = value;
  const sample = weight.shape[0] === 1 ? reshapedWeight(weight, weight.shape.slice(1)) : weight;
  return makeTensor("constant", [], { value: sample }, [named(name)]);
};

const isInput = (node: TensorNode): node is TensorGraph["inputs"][number] => node.op === "input";

const graphOf = (model: OnnxModel, values: ReadonlyMap<string, Value | null>): TensorGraph => {
  const outputs = model.graph.outputs.flatMap(({ name }): readonly Output<Tensor>[] => {
    const value = values.get(name) ?? null;
    return value === null ? [] : [{ name, value: outputNode(name, value) }];
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

/**
 * Turns a decoded model into a tensor graph. The batch axis is stripped: the model is read with a batch of one.
 * Only what the outputs need is read. Throws Rejected with every fault found.
 */
export const importModel = (model: OnnxModel): Imported => {
  const { graph, file } = model;
  const { order, read, faults: wiring } = structureOf(graph, file);
  const faults: Diagnostic[] = [...opsetFaults(model.opsets.get("") ?? 0, file), ...wiring];
  const values = leaves(model, read, faults);
  const derive = derivation();
  const unsupported: OnnxNode[] = [];
  for (const node of order) {
    const importer = importerOf(node.domain, node.opType);
    if (importer === null) unsupported.push(node);
    else {
      addNode(model, node, importer, values, derive, faults);
      faults.push(...outputFaults(node, read, file));
    }
  }
  faults.push(...unsupportedFaults(unsupported, file));
  if (faults.length > 0) throw new Rejected(faults);
  const nodes = [...values].flatMap(([name, value]): readonly [string, TensorNode][] =>
    value?.kind === "computed" ? [[name, value.node]] : [],
  );
  return { graph: graphOf(model, values), values: new Map(nodes) };
};

/** Reads an ONNX file into a tensor graph; `file` is the name for messages. Throws Rejected with all faults. */
export const importOnnx = (bytes: Uint8Array, file: string): TensorGraph =>
  importModel(decodeModel(bytes, file)).graph;
