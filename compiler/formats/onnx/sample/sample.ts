import { named } from "../../../diagnostics/index.ts";
import { floats, nodesOf, type Shape, sizeOf } from "../../../ir/core/index.ts";
import { makeTensor, type TensorGraph, type TensorNode } from "../../../ir/tensor/index.ts";
import { operators } from "../import/importers.ts";
import { importModel } from "../import/index.ts";
import { type Form, formsOf } from "./forms.ts";
import { constantOf, filled, scale } from "./given.ts";
import { modelBuilder } from "./model.ts";

/** Name of the node that stands for the operator. */
export const sampleName = "operator";

/** A use of an operator in a small network. */
export interface Sample {
  /** Empty for the operators of ONNX. */
  readonly domain: string;
  readonly op: string;
  /** What tells this use apart from others of the operator. */
  readonly note: string;
  /** The network ends with the operator; null when it computes from constants alone. */
  readonly atEnd: TensorGraph | null;
  /** A layer reads the operator; null where it gives no numbers that a layer could read. */
  readonly inside: TensorGraph | null;
}

const newest = 22;

/** A layer that reads a value. */
const readBy = (node: TensorNode): TensorNode => {
  const size = sizeOf(node.type.shape);
  const shape: Shape = [4, size];
  const weight = floats("after.weight", shape, Float64Array.from(filled(shape).data), "f32");
  const flat = makeTensor("reshape", [node], { shape: [size] }, [named("after.flat")]);
  return makeTensor("dense", [flat], { weight, bias: null }, [named("after")]);
};

const readInside = (graph: TensorGraph): TensorGraph | null => {
  const [output] = graph.outputs;
  if (output === undefined || output.value.type.dtype !== "f32") return null;
  return { ...graph, outputs: [{ name: output.name, value: readBy(output.value) }] };
};

/** A model around one operator. Codes that it gives are turned back to real numbers, as quantized models do before they end. */
export const sampleOf = (domain: string, op: string, form: Form): Sample => {
  const { note, inputs, attributes = {}, outputs = 1, opset = newest, codes = null } = form;
  const builder = modelBuilder(opset);
  const parts = { name: sampleName, op, domain, attributes, outputs };
  const made = builder.add(parts, inputs.map(builder.given));
  const back = {
    ...parts,
    name: "dequantized",
    op: "DequantizeLinear",
    domain: "",
    attributes: {},
    outputs: 1,
  };
  const zero = codes === null ? null : constantOf(0, [], codes);
  const end = zero === null ? made : builder.add(back, [made, builder.fixed(scale), builder.fixed(zero)]);
  const { graph } = importModel(builder.model(end));
  const constant = nodesOf(graph).every((node) => node.op !== "input");
  if (constant) return { domain, op, note, atEnd: null, inside: null };
  return { domain, op, note, atEnd: graph, inside: readInside(graph) };
};

/** Every operator that is read, in each of its usual forms. A form that its importer refuses is a fault of ours. */
export const sampleOperators = (): readonly Sample[] =>
  operators.flatMap(({ domain, op, importer }) =>
    formsOf(op, importer).map((form) => sampleOf(domain, op, form)),
  );
