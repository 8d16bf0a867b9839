import { runInteger } from "../../runtime/integer/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";
import type { Evaluator } from "../pass/graphs.ts";

/** The plain interpreters, as passes and checks take them. */
export const tensorEvaluator: Evaluator<"tensor"> = {
  level: "tensor",
  run: (graph, sample) => runTensor(graph, sample.inputs),
};

export const integerEvaluator: Evaluator<"integer"> = {
  level: "integer",
  run: (graph, sample) => runInteger(graph, sample.inputs),
};
