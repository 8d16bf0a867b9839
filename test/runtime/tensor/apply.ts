import { floats, type Numbers, type Shape, type Weight } from "../../../compiler/ir/core/index.ts";
import { makeTensor, type TensorNode, type TensorType } from "../../../compiler/ir/tensor/index.ts";
import { runTensor } from "../../../runtime/tensor/index.ts";

export const w = (shape: Shape, ...data: readonly number[]): Weight =>
  floats("w", shape, Float64Array.from(data));

export interface Given {
  readonly shape: Shape;
  readonly data: readonly number[];
  readonly dtype?: TensorType["dtype"];
}

/** What an op makes of its inputs. */
export const result = (
  given: readonly Given[],
  op: (...inputs: readonly TensorNode[]) => TensorNode,
): Numbers => {
  const inputs = given.map(({ shape, dtype = "f32" }, i) =>
    makeTensor("input", [], { name: `x${i}`, shape, dtype }),
  );
  const value = op(...inputs);
  const values = given.map(
    ({ shape, data }, i) => [`x${i}`, { shape, data: Float64Array.from(data) }] as const,
  );
  return runTensor({ name: "n", inputs, outputs: [{ name: "y", value }] }, new Map(values)).at(value);
};

/** The same for one input of floats. */
export const one = (
  shape: Shape,
  data: readonly number[],
  op: (x: TensorNode) => TensorNode,
): readonly number[] => Array.from(result([{ shape, data }], (x) => op(x ?? nothing)).data);

/** Stands for an input that is not given. */
export const nothing = makeTensor("input", [], { name: "nothing", shape: [] });
