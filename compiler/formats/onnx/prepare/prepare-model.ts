import type { OnnxModel } from "../decode/index.ts";
import { type Bound, bindDims } from "./bind-dims.ts";
import type { Keep } from "./functions.ts";
import { inlineFunctions } from "./inline-functions.ts";

interface PrepareOptions {
  /** Extents by symbolic name. */
  readonly dims: ReadonlyMap<string, number>;
  /** Reads a fixed batch on the inputs as 1, with a note. */
  readonly rebatch: boolean;
  /** Operators that are read though the model has a function for them. */
  readonly keep: Keep;
}

/**
 * A model without local functions and with its symbolic extents bound: see `inlineFunctions` and `bindDims`.
 * Subgraphs stay as they are; `freeValues` serves those who enter them. Throws Rejected.
 */
export const prepareModel = (model: OnnxModel, options: PrepareOptions): Bound => {
  const { dims, rebatch, keep } = options;
  return bindDims(inlineFunctions(model, keep), dims, { rebatch });
};
