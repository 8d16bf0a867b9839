import { type Shape, sizeOf } from "../../../compiler/ir/core/index.ts";
import type { TensorType } from "../../../compiler/ir/tensor/index.ts";
import type { AttributeSpec, ModelSpec, NodeSpec, TensorSpec } from "../../formats/onnx/write-model.ts";

/** TensorProto.DataType of what a value is stored in. */
export const elements = {
  ...{ f32: 1, f16: 10, bf16: 16, bool: 9 },
  ...{ i64: 7, i32: 6, i16: 5, i8: 3, u64: 13, u32: 12, u16: 4, u8: 2 },
} as const;

type Attributes = Readonly<Record<string, AttributeSpec>>;

/** Collects the nodes and initializers of one small model. */
export interface Sheet {
  /** A node with one result; gives its name. */
  readonly emit: (op: string, inputs: readonly string[], attributes?: Attributes) => string;
  /** A node of which only result `index` is read. */
  readonly emitMany: (
    op: string,
    inputs: readonly string[],
    results: number,
    index: number,
    attributes?: Attributes,
  ) => string;
  readonly real: (data: readonly number[], dims?: Shape) => string;
  readonly whole: (data: readonly number[], dims?: Shape) => string;
  readonly model: (inputs: readonly TensorType[], output: string) => ModelSpec;
}

export const openSheet = (): Sheet => {
  const nodes: NodeSpec[] = [];
  const initializers: TensorSpec[] = [];
  const stored = (kind: "float" | "int64", data: readonly number[], dims: Shape): string => {
    const name = `c${initializers.length}`;
    if (sizeOf(dims) !== data.length) throw new Error(`${data.length} numbers do not fill ${dims.join("x")}`);
    initializers.push({ name, dims, kind, data });
    return name;
  };
  const emitMany: Sheet["emitMany"] = (op, inputs, results, index, attributes = {}) => {
    const outputs = Array.from({ length: results }, (_, i) => `n${nodes.length}_${i}`);
    nodes.push({ op, inputs, outputs, attributes });
    return outputs[index] ?? "";
  };
  return {
    emitMany,
    emit: (op, inputs, attributes) => emitMany(op, inputs, 1, 0, attributes),
    real: (data, dims = [data.length]) => stored("float", data, dims),
    whole: (data, dims = [data.length]) => stored("int64", data, dims),
    model: (inputs, output) => ({
      opset: 21,
      inputs: inputs.map(({ dtype, shape }, i) => ({ name: `x${i}`, dims: shape, element: elements[dtype] })),
      nodes: [...nodes, { op: "Identity", inputs: [output], outputs: ["y"] }],
      outputs: ["y"],
      initializers,
    }),
  };
};
