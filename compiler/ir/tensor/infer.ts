import type { Shape } from "../core/index.ts";
import type { TensorType } from "./ops.ts";

export const f32 = (shape: Shape): TensorType => ({ dtype: "f32", shape });

/** The shape of the first input. */
export const shapeOf = (draft: {
  readonly inputs: readonly [{ readonly type: TensorType }, ...unknown[]];
}): Shape => draft.inputs[0].type.shape;
