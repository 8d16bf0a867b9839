import { nodesOf } from "../../../ir/core/index.ts";
import type { TensorGraph } from "../../../ir/tensor/index.ts";
import type { Operator } from "../import/importers.ts";
import { importModel } from "../import/index.ts";
import { type Form, formsOf } from "./forms.ts";
import { constantOf, scale } from "./given.ts";
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
  /** A network that ends with the operator; null when that computes from constants alone. */
  readonly graph: TensorGraph | null;
}

const newest = 22;

/** A model around one operator. Codes that it gives are turned back to real numbers, as quantized models do before they end. */
const sampleOf = (domain: string, op: string, form: Form): Sample => {
  const { note, inputs, attributes = {}, outputs = 1, opset = newest, codes = null } = form;
  const builder = modelBuilder(opset);
  const parts = { name: sampleName, op, domain, attributes, outputs };
  const made = builder.add(parts, inputs.map(builder.given));
  const back = { name: "dequantized", op: "DequantizeLinear", domain: "", attributes: {}, outputs: 1 };
  const end =
    codes === null
      ? made
      : builder.add(back, [made, ...[scale, constantOf(0, [], codes)].map(builder.fixed)]);
  const { graph } = importModel(builder.model(end));
  const constant = nodesOf({ ...graph, inputs: [] }).every((node) => node.op !== "input");
  return { domain, op, note, graph: constant ? null : graph };
};

/** An operator in each of its usual forms. A form that its importer refuses is a fault of ours. */
export const sampleOperator = ({ domain, op, importer }: Operator): readonly Sample[] =>
  formsOf(op, importer).map((form) => sampleOf(domain, op, form));
