import { Rejected } from "../../../diagnostics/index.ts";
import { type Weight, weight } from "../../../ir/core/index.ts";
import { elements, isReadable } from "./elements.ts";
import { firstNonFinite } from "./finite.ts";
import type { OnnxTensor } from "./model.ts";
import { tensorProblem, tensorValues } from "./values.ts";

/** The tensor behind a weight whose numbers were not asked for. */
const sources = new WeakMap<Weight, OnnxTensor>();

/** What `nonFiniteIn` found. */
const judged = new WeakMap<Weight, number>();

/** Reading these can fail on a value: integers that a double cannot hold, entries out of range, places outside. */
const mayFail = ({ storage, element }: OnnxTensor): boolean =>
  storage.kind === "typed" || storage.kind === "sparse" || element === "INT64" || element === "UINT64";

/**
 * A tensor of the file as a weight with its own element type. Its numbers are made when they are asked for, so
 * that a large model costs no more than its bytes. Throws Rejected when the values cannot be read, as
 * `tensorValues` does; what only a look at the values can tell is looked at here.
 */
export const tensorWeight = (tensor: OnnxTensor, name: string): Weight => {
  const problem = tensorProblem(tensor);
  if (problem !== null) throw new Rejected([problem]);
  const { element, shape } = tensor;
  if (!isReadable(element)) throw new Error(`tensor ${tensor.name} has no values`);
  const { dtype } = elements[element];
  if (mayFail(tensor)) return weight({ name, shape, dtype, data: tensorValues(tensor).data });
  const made = weight({ name, shape, dtype, data: () => tensorValues(tensor).data });
  sources.set(made, tensor);
  return made;
};

/**
 * Index of the first NaN or infinity among the stored numbers, or -1. A weight of `tensorWeight` whose numbers
 * were not asked for is judged by its bytes, and they stay unmade.
 */
export const nonFiniteIn = (w: Weight): number => {
  const known = judged.get(w);
  if (known !== undefined) return known;
  const tensor = sources.get(w);
  const found =
    tensor === undefined ? w.stored().findIndex((x) => !Number.isFinite(x)) : firstNonFinite(tensor);
  judged.set(w, found);
  return found;
};

/**
 * Says that `made` holds the same numbers as `from` in another order, or some of them more than once, so that
 * `nonFiniteIn` need not make them; the index it gives is that in `from`.
 */
export const sameNumbers = (made: Weight, from: Weight): Weight => {
  const tensor = sources.get(from);
  if (tensor !== undefined) sources.set(made, tensor);
  return made;
};

/** Index of the first NaN among the stored numbers, or -1. */
export const noNumberIn = (w: Weight): number =>
  nonFiniteIn(w) < 0 ? -1 : w.stored().findIndex(Number.isNaN);
