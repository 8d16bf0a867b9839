export { runTensor, type TensorRun } from "./run.ts";
export { scalarFunction } from "./scalar.ts";
