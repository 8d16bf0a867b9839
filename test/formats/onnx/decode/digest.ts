import {
  isReadable,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
  tensorValues,
} from "../../../../compiler/formats/onnx/decode/index.ts";
import { encodeNumbers, sha256 } from "../../../../compiler/ir/core/index.ts";

type Line = string | number | null | readonly Line[];

const floatBits = (value: number): string => {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setFloat32(0, value, true);
  return bytes.getUint32(0, false).toString(16).padStart(8, "0");
};

const valuesOf = (tensor: OnnxTensor): string => {
  if (tensor.storage.kind === "external") return "external";
  return isReadable(tensor.element) ? sha256(encodeNumbers("f64", tensorValues(tensor).data)) : "unread";
};

export const tensorLine = (tensor: OnnxTensor): Line => [
  tensor.name,
  tensor.element,
  tensor.shape,
  valuesOf(tensor),
];

const attributeValue = (attribute: OnnxAttribute): Line => {
  switch (attribute.kind) {
    case "float":
      return floatBits(attribute.value);
    case "floats":
      return attribute.value.map(floatBits);
    case "tensor":
      return tensorLine(attribute.value);
    case "graph":
    case "graphs":
    case "reference":
    case "other":
      return null;
    default:
      return attribute.value;
  }
};

const nodeLine = (node: OnnxNode): Line => {
  const attributes = [...node.attributes].map(([name, a]): Line => [name, a.kind, attributeValue(a)]);
  return [node.name, node.opType, node.domain, node.inputs, node.outputs, attributes];
};

const valueLine = ({ name, element, dims }: OnnxValueInfo): Line => [name, element, dims];

/** SHA-256 over one JSON line for each part of a model; make-fixture.py writes the same lines. */
export const digestOf = (model: OnnxModel): string => {
  const { graph } = model;
  const opsets = [...model.opsets].sort(([a], [b]) => (a < b ? -1 : 1));
  const { name, version } = model.producer;
  const lines: readonly Line[] = [
    [model.irVersion, name, version, graph.name, opsets],
    ...graph.nodes.map(nodeLine),
    ...graph.initializers.map(tensorLine),
    ...[graph.inputs, graph.outputs, graph.valueInfo].flatMap((list) => list.map(valueLine)),
  ];
  return sha256(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
};
