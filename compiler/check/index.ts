export { compareOutputs, type Difference } from "./compare.ts";
export { integerContracts, integerSamples, tensorContracts, tensorSamples } from "./contract.ts";
export { directedInputs } from "./directed.ts";
export { withDyadicWeights } from "./dyadic.ts";
export { bitsNeeded, hasExactSums } from "./exact-bits.ts";
export { inputsOf, type Mode, modes } from "./inputs.ts";
export { type Random, randomFrom } from "./random.ts";
