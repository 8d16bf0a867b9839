export { inputsOf, type Mode, modes } from "../check/inputs.ts";
export { type Random, randomFrom } from "../check/random.ts";
export { buildInteger } from "./build-integer.ts";
export { buildTensor } from "./build-tensor.ts";
export { integerEvaluator, tensorEvaluator } from "./evaluators.ts";
export { integerGraphs } from "./integer-graphs.ts";
export {
  type IntegerOptions,
  type IntegerRecipe,
  type IntegerStep,
  type IntegerStepName,
  integerRecipes,
  integerSteps,
} from "./integer-recipe.ts";
export { dataOf, type GeneratedLevel, testContext } from "./level-kits.ts";
export { type Law, type LawOptions, passLaws } from "./pass-laws.ts";
export { tensorGraphs } from "./tensor-graphs.ts";
export {
  allTensorSteps,
  type TensorOptions,
  type TensorRecipe,
  type TensorStep,
  type TensorStepName,
  tensorRecipes,
  tensorSteps,
} from "./tensor-recipe.ts";
