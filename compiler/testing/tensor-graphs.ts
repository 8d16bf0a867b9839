import type fc from "fast-check";
import { type TensorGraph, tensorLevel } from "../ir/index.ts";
import { buildTensor } from "./build-tensor.ts";
import { shownAsText } from "./generated.ts";
import { type TensorOptions, tensorRecipes } from "./tensor-recipe.ts";

/**
 * Valid tensor networks over one input map, with small dyadic weights: on inputs of `inputsOf` every sum is
 * exact, so two graphs that are equal in real numbers are equal bit for bit.
 * A recipe is drawn and built forwards, so counterexamples shrink to small valid networks.
 */
export const tensorGraphs = (options: TensorOptions = {}): fc.Arbitrary<TensorGraph> =>
  tensorRecipes(options).map((recipe) => shownAsText(tensorLevel, recipe, buildTensor(recipe)));
