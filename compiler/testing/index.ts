export { inputsOf, type Mode, modes } from "../check/inputs.ts";
export { type Random, randomFrom } from "../check/random.ts";
export { buildInteger } from "./build-integer.ts";
export { integerGraphs } from "./integer-graphs.ts";
export {
  type IntegerOptions,
  type IntegerRecipe,
  type IntegerStep,
  type IntegerStepName,
  integerRecipes,
  integerSteps,
} from "./integer-recipe.ts";
