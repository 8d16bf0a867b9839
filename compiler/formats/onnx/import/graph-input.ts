import { atNode, type Diagnostic, named, quoteName, type Where } from "../../../diagnostics/index.ts";
import { type Shape, sizeOf } from "../../../ir/core/index.ts";
import { makeTensor } from "../../../ir/tensor/index.ts";
import type { ElementName, OnnxDim, OnnxValueInfo } from "../decode/index.ts";
import { limits } from "../decode/limits.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { computed, type Value } from "./value.ts";

const floating: readonly ElementName[] = ["FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"];

const typeFaults = ({ name, element }: OnnxValueInfo, where: Where): readonly Diagnostic[] => {
  if (element !== null && floating.includes(element)) return [];
  const holes = { input: quoteName(name), dtype: element ?? "none", known: floating.join(", ") };
  return [onnxDiagnostics.report("input-type", where, holes)];
};

const show = (dims: readonly OnnxDim[]): string =>
  `[${dims.map((dim) => (typeof dim === "string" ? quoteName(dim) : (dim ?? "?"))).join(", ")}]`;

const isExtent = (dim: OnnxDim): dim is number => typeof dim === "number" && dim >= 1;

/** Faults, or the shape of one sample: all axes but the first, which is the batch. */
const sampleOf = ({ name, dims }: OnnxValueInfo, where: Where): Shape | readonly Diagnostic[] => {
  const input = quoteName(name);
  if (dims === null) return [onnxDiagnostics.report("input-shape", where, { input, shape: "not stated" })];
  const [batch, ...rest] = dims;
  const shape = rest.filter(isExtent);
  if (shape.length < rest.length)
    return [onnxDiagnostics.report("input-shape", where, { input, shape: show(dims) })];
  if (batch === undefined || (typeof batch === "number" && batch !== 1))
    return [
      onnxDiagnostics.report("batch", where, {
        subject: `input "${input}"`,
        fault: `its shape is ${show(dims)}`,
      }),
    ];
  const size = sizeOf(shape);
  if (size > limits.elements)
    return [
      onnxDiagnostics.report("limit", where, {
        subject: "values in one tensor",
        value: size,
        limit: limits.elements,
      }),
    ];
  return shape;
};

const isShape = (found: Shape | readonly Diagnostic[]): found is Shape =>
  found.every((x) => typeof x === "number");

/** The input node of one sample, or what is wrong with the declaration. */
export const graphInput = (info: OnnxValueInfo, file: string): Value | readonly Diagnostic[] => {
  const where = atNode(quoteName(info.name), file);
  const shape = sampleOf(info, where);
  const faults = [...typeFaults(info, where), ...(isShape(shape) ? [] : shape)];
  if (faults.length > 0 || !isShape(shape)) return faults;
  return computed(makeTensor("input", [], { name: info.name, shape }, [named(info.name)]));
};
