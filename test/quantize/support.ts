import { Rejected } from "../../compiler/diagnostics/index.ts";
import { parse, type TensorGraph, tensorLevel } from "../../compiler/ir/index.ts";
import { tensorToInteger } from "../../compiler/quantize/index.ts";
import { rounding } from "../../runtime/kernels/rounding.ts";
import { scalarFunction } from "../../runtime/tensor/index.ts";

/** A tensor graph from its lines. */
export const tensorOf = (...lines: readonly string[]): TensorGraph =>
  parse(tensorLevel, `tensor "t" {\n${lines.join("\n")}\n}`);

/** The lowering on the functions of the interpreter. */
export const lowering = tensorToInteger({ scalar: scalarFunction, rounding });

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
