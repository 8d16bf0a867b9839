import { Rejected } from "../../compiler/diagnostics/index.ts";
import { type Numbers, parse, type TensorGraph, tensorLevel } from "../../compiler/ir/index.ts";
import { tensorToInteger } from "../../compiler/quantize/index.ts";
import { testContext } from "../../compiler/testing/index.ts";
import { runInteger } from "../../runtime/integer/index.ts";
import { rounding } from "../../runtime/kernels/rounding.ts";
import { runTensor, scalarFunction } from "../../runtime/tensor/index.ts";

/** A tensor graph from its lines. */
export const tensorOf = (...lines: readonly string[]): TensorGraph =>
  parse(tensorLevel, `tensor "t" {\n${lines.join("\n")}\n}`);

/** The lowering on the functions of the interpreter. */
export const lowering = tensorToInteger({ scalar: scalarFunction, rounding });

export const lower = (graph: TensorGraph) => lowering.run(graph, {}, testContext(null));

/** Points of the lowering that differ on one sample, as text. */
export const differencesOn = (
  graph: TensorGraph,
  inputs: ReadonlyMap<string, Numbers>,
): readonly string[] => {
  const { graph: integer, pairs } = lower(graph);
  const [before, after] = [runTensor(graph, inputs), runInteger(integer, inputs)];
  return [...pairs].flatMap(([tensor, node]) =>
    lowering.same(before.at(tensor), after.at(node), tensor)
      ? []
      : [`${tensor.op} ${tensor.origins[0]?.name}`],
  );
};

/** What a stage that must refuse says: `code node what` of each diagnostic. */
export const refusalsOf = (run: () => unknown): readonly string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof Rejected)
      return error.diagnostics.map((d) => `${d.code} ${d.where.node ?? "-"}: ${d.what}`);
    throw error;
  }
  throw new Error("nothing was refused");
};
