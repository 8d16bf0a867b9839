import type fc from "fast-check";
import { type IntegerGraph, integerLevel } from "../ir/index.ts";
import { buildInteger } from "./build-integer.ts";
import { shownAsText } from "./generated.ts";
import { type IntegerOptions, integerRecipes } from "./integer-recipe.ts";

/**
 * Valid integer networks of all ops and odd shapes, with one input and one output sum `logits`.
 * A recipe is drawn and built forwards, so counterexamples shrink to small valid networks.
 */
export const integerGraphs = (options: IntegerOptions = {}): fc.Arbitrary<IntegerGraph> =>
  integerRecipes(options).map((recipe) => shownAsText(integerLevel, recipe, buildInteger(recipe)));
