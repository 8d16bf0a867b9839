import {
  decodeModel,
  type OnnxModel,
  type OnnxNode,
} from "../../../../compiler/formats/onnx/decode/index.ts";
import { concat, int, message, text } from "../decode/encode.ts";

type Bytes = Uint8Array;

/** A NodeProto: inputs, operator and outputs as words, "x w > y" for instance; `_` is an empty name. */
export const node = (op: string, edges: string, ...more: readonly Bytes[]): Bytes => {
  const [from = "", to = ""] = edges.split(">");
  const names = (list: string): readonly string[] =>
    list
      .split(" ")
      .filter((name) => name !== "")
      .map((name) => (name === "_" ? "" : name));
  return concat(
    ...names(from).map((name) => text(1, name)),
    ...names(to).map((name) => text(2, name)),
    text(4, op),
    ...more,
  );
};

export const named = (name: string): Bytes => text(3, name);
export const domain = (name: string): Bytes => text(7, name);

/** An attribute of a node. */
export const attribute = (name: string, ...value: readonly Bytes[]): Bytes =>
  message(5, text(1, name), ...value);
export const integer = (name: string, value: number): Bytes => attribute(name, int(3, value), int(20, 2));
export const reference = (name: string, to: string): Bytes => attribute(name, text(21, to), int(20, 2));
export const graphAttribute = (name: string, graph: Bytes): Bytes =>
  attribute(name, message(6, graph), int(20, 5));

/** A GraphProto of nodes, with names of inputs and outputs. */
export const graph = (inputs: string, outputs: string, ...nodes: readonly Bytes[]): Bytes =>
  concat(
    ...nodes.map((one) => message(1, one)),
    ...inputs
      .split(" ")
      .filter(Boolean)
      .map((name) => message(11, text(1, name))),
    ...outputs
      .split(" ")
      .filter(Boolean)
      .map((name) => message(12, text(1, name))),
  );

export interface FunctionSpec {
  readonly name: string;
  readonly inputs: string;
  readonly outputs: string;
  readonly nodes: readonly Bytes[];
  readonly more?: readonly Bytes[];
  readonly opset?: number;
}

/** A FunctionProto of domain "f". */
export const fn = ({ name, inputs, outputs, nodes, more = [], opset = 17 }: FunctionSpec): Bytes =>
  message(
    25,
    text(1, name),
    ...inputs
      .split(" ")
      .filter(Boolean)
      .map((one) => text(4, one)),
    ...outputs
      .split(" ")
      .filter(Boolean)
      .map((one) => text(5, one)),
    ...nodes.map((one) => message(7, one)),
    message(9, text(1, ""), int(2, opset)),
    text(10, "f"),
    ...more,
  );

export const modelBytes = (main: Bytes, ...functions: readonly Bytes[]): Bytes =>
  concat(
    int(1, 8),
    message(7, main),
    message(8, text(1, ""), int(2, 17)),
    message(8, text(1, "f"), int(2, 1)),
    ...functions,
  );

export const decoded = (main: Bytes, ...functions: readonly Bytes[]): OnnxModel =>
  decodeModel(modelBytes(main, ...functions), "m.onnx");

/** A node as the words that `node` takes, with its integers. */
export const show = ({ opType, inputs, outputs, attributes }: OnnxNode): string => {
  const word = (name: string): string => (name === "" ? "_" : name);
  const ints = [...attributes].flatMap(([key, a]) => (a.kind === "int" ? [`${key}=${a.value}`] : []));
  return [opType, ...inputs.map(word), ">", ...outputs.map(word), ...ints].join(" ");
};

export const shown = (model: OnnxModel): readonly string[] => model.graph.nodes.map(show);
