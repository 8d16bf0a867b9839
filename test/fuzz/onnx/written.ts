import { type NodeSpec, type TensorSpec, writeModel } from "../../formats/onnx/write-model.ts";

export const floats = (name: string, ...dims: readonly number[]): TensorSpec => {
  const size = dims.reduce((product, extent) => product * extent, 1);
  return { name, dims, data: Array.from({ length: size }, (_, i) => ((i * 7) % 11) / 8 - 0.5) };
};

export const op = (
  name: string,
  edges: string,
  attributes: NonNullable<NodeSpec["attributes"]> = {},
): NodeSpec => {
  const [from = "", to = ""] = edges.split(">");
  const words = (list: string): readonly string[] =>
    list
      .trim()
      .split(" ")
      .filter((word) => word !== "")
      .map((word) => (word === "_" ? "" : word));
  return { op: name, inputs: words(from), outputs: words(to), attributes };
};

export const model = (
  shape: readonly (number | string)[],
  initializers: readonly TensorSpec[],
  nodes: readonly NodeSpec[],
  opset = 17,
): Uint8Array =>
  writeModel({ opset, inputs: [{ name: "x", dims: shape }], outputs: ["y"], initializers, nodes });
