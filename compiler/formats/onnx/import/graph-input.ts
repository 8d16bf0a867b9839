import { atNode, type Diagnostic, named, quoteName, type Where } from "../../../diagnostics/index.ts";
import { type Shape, sizeOf } from "../../../ir/core/index.ts";
import { makeTensor } from "../../../ir/tensor/index.ts";
import { elements } from "../decode/elements.ts";
import { isReadable, type OnnxDim, type OnnxValueInfo, type ReadableElement } from "../decode/index.ts";
import { limits } from "../decode/limits.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { type Computed, dtypeOf } from "./value.ts";

/** `one`: the first axis of an input is the batch, and must be 1 or open. `given`: shapes are taken as they are. */
export type Batch = "one" | "given";

const show = (dims: readonly OnnxDim[]): string =>
  `[${dims.map((dim) => (typeof dim === "string" ? quoteName(dim) : (dim ?? "?"))).join(", ")}]`;

const isExtent = (dim: OnnxDim): dim is number => typeof dim === "number" && dim >= 0;

/** Faults, or the whole shape; an open first extent is the batch, which is read as 1. */
const shapeOf = (
  { name, dims }: OnnxValueInfo,
  where: Where,
  batch: Batch,
): Shape | readonly Diagnostic[] => {
  const input = quoteName(name);
  if (dims === null) return [onnxDiagnostics.report("input-shape", where, { input, shape: "not stated" })];
  const bound = dims.map((dim, axis) => (axis === 0 && typeof dim !== "number" ? 1 : dim));
  const shape = bound.filter(isExtent);
  const empty = batch === "one" && shape.includes(0);
  if (shape.length < bound.length || empty)
    return [onnxDiagnostics.report("input-shape", where, { input, shape: show(dims) })];
  if (batch === "one" && shape.length > 1 && shape[0] !== 1)
    return [
      onnxDiagnostics.report("batch", where, {
        subject: `input "${input}"`,
        fault: `its shape is ${show(dims)}`,
      }),
    ];
  const size = sizeOf(shape);
  const subject = "values in one tensor";
  if (size <= limits.elements) return shape;
  return [onnxDiagnostics.report("limit", where, { subject, value: size, limit: limits.elements })];
};

const isShape = (found: Shape | readonly Diagnostic[]): found is Shape =>
  found.every((x) => typeof x === "number");

const known = Object.keys(elements).join(", ");

const typeFaults = ({ name, element }: OnnxValueInfo, where: Where): readonly Diagnostic[] =>
  element !== null && isReadable(element)
    ? []
    : [
        onnxDiagnostics.report("input-type", where, {
          input: quoteName(name),
          dtype: element ?? "none",
          known,
        }),
      ];

const elementOf = ({ element }: OnnxValueInfo): ReadableElement =>
  element !== null && isReadable(element) ? element : "FLOAT";

/** The input node, or what is wrong with the declaration. */
export const graphInput = (
  info: OnnxValueInfo,
  file: string,
  batch: Batch,
): Computed | readonly Diagnostic[] => {
  const where = atNode(quoteName(info.name), file);
  const shape = shapeOf(info, where, batch);
  const faults = [...typeFaults(info, where), ...(isShape(shape) ? [] : shape)];
  if (faults.length > 0 || !isShape(shape)) return faults;
  const element = elementOf(info);
  const lead = shape[0] === 1;
  const attrs = { name: info.name, dtype: dtypeOf(element), shape: lead ? shape.slice(1) : shape };
  return { kind: "computed", node: makeTensor("input", [], attrs, [named(info.name)]), lead, element };
};
