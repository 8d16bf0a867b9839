import { type OnnxTensor, tensorWeight } from "../decode/index.ts";
import { constant, type Value } from "./value.ts";

/** A tensor of the file as a value; its numbers are made when they are asked for. Throws Rejected when they cannot be read. */
export const tensorValue = (tensor: OnnxTensor, name: string): Value =>
  constant(tensorWeight(tensor, name), tensor.element);
