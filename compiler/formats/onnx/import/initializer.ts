import { type Weight, weight } from "../../../ir/core/index.ts";
import { type OnnxTensor, tensorValues } from "../decode/index.ts";

/** A tensor of the file as a weight. Throws Rejected when its values cannot be read. */
export const initializerWeight = (tensor: OnnxTensor, name: string): Weight => {
  const { shape, dtype, data } = tensorValues(tensor);
  return weight({ name, shape, dtype, data });
};
