import { atNode, type Diagnostic, quoteName, Rejected } from "../../../diagnostics/index.ts";
import {
  item,
  type Make,
  type Shape,
  showShape,
  sizeOf,
  valuesOf,
  type Weight,
} from "../../../ir/core/index.ts";
import type { Tensor } from "../../../ir/tensor/index.ts";
import { noNumberIn, nonFiniteIn, type OnnxNode } from "../decode/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { mostSpent, type Resource, type Spent } from "./spent.ts";
import { type Constant, showShapes, type Value } from "./value.ts";
import type { Derive } from "./weights.ts";

/** What a rule sees: one ONNX node, the values of its inputs, and a builder that gives nodes its name. */
export interface Site {
  readonly node: OnnxNode;
  readonly name: string;
  readonly file: string;
  /** Version of the node's operator set: rules follow the newest change that is not above it. */
  readonly opset: number;
  /** null: an optional input that is left out. */
  readonly inputs: readonly (Value | null)[];
  readonly make: Make<Tensor>;
  readonly derive: Derive;
  /** What the reading of the model has taken so far; see `spend`. */
  readonly spent: Spent;
}

/** How one operator becomes tensor nodes. */
export interface Importer {
  /** Least and greatest number of inputs. */
  readonly inputs: readonly [number, number];
  /** Attributes that the rule reads, or that change nothing in inference. Others are refused. */
  readonly attributes: readonly string[];
  /** Values of the outputs, in their order. Throws Rejected; IllTyped of the builder is reported for it. */
  readonly run: (site: Site) => Value | readonly Value[];
}

const reject = (diagnostic: Diagnostic): never => {
  throw new Rejected([diagnostic]);
};

const whereOf = ({ name, file }: Site) => atNode(quoteName(name), file);

/** An operator that is known, in a use that is not. `fault` says what was found, `change` what to do. */
export const refuseForm = (site: Site, fault: string, change: string): never =>
  reject(onnxDiagnostics.report("unsupported-form", whereOf(site), { op: site.node.opType, fault, change }));

export const wrongAttribute = (site: Site, attribute: string, fault: string): never =>
  reject(onnxDiagnostics.report("attribute", whereOf(site), { attribute: quoteName(attribute), fault }));

export const wrongShape = (site: Site, fault: string): never =>
  reject(
    onnxDiagnostics.report("shape", whereOf(site), {
      op: site.node.opType,
      fault,
      shapes: showShapes(site.inputs),
    }),
  );

export const tooLarge = (site: Site, subject: string, value: number, limit: number): never =>
  reject(onnxDiagnostics.report("limit", whereOf(site), { subject, value, limit }));

/** Demands that a constant that the network computes with has no NaN; infinities, as in masks, may be there. */
export const checkNumbers = (site: Site, { weight }: Constant): void => {
  const at = noNumberIn(weight);
  if (at >= 0) wrongValue(site, weight.name, at, Number.NaN, "constants are numbers");
};

/** Counts what a rule is about to take. Throws Rejected (`onnx/limit`) when that is too much for one model. */
export const spend = (site: Site, resource: Resource, amount: number): void => {
  const { subject, limit } = mostSpent[resource];
  const total = site.spent[resource] + amount;
  if (total > limit) tooLarge(site, subject, total, limit);
  site.spent[resource] = total;
};

export const wrongValue = (site: Site, tensor: string, index: number, value: number, rule: string): never =>
  reject(onnxDiagnostics.report("value", whereOf(site), { tensor: quoteName(tensor), index, value, rule }));

/** Input `index`, or null when it is left out. */
export const optionalAt = (site: Site, index: number): Value | null => site.inputs[index] ?? null;

export const valueAt = (site: Site, index: number): Value =>
  optionalAt(site, index) ??
  reject(onnxDiagnostics.report("missing-input", whereOf(site), { op: site.node.opType, index: index + 1 }));

const constantOf = (site: Site, index: number, value: Value): Constant => {
  if (value.kind === "constant") return value;
  return refuseForm(
    site,
    `input ${index + 1} is computed by node "${quoteName(value.node.origins[0]?.name ?? "")}"; a constant is needed`,
    "export the model with this input stored as an initializer",
  );
};

export const constantAt = (site: Site, index: number): Constant =>
  constantOf(site, index, valueAt(site, index));

/** Input `index` as a constant of any numbers: a shape, axes, a bound. */
export const settingAt = (site: Site, index: number): Weight => constantAt(site, index).weight;

/** Entries of a setting: axes, pads, scales of channels. */
const settingEntries = 2 ** 20;

/** Numbers of input `index`, a constant; null when it is left out. */
export const numbersAt = (site: Site, index: number): readonly number[] | null => {
  if (optionalAt(site, index) === null) return null;
  const w = settingAt(site, index);
  const count = sizeOf(w.shape);
  return count > settingEntries
    ? tooLarge(site, `entries in input ${index + 1}`, count, settingEntries)
    : Array.from(valuesOf(w));
};

/** Whole numbers of input `index`, a constant; null when it is left out. */
export const integersAt = (site: Site, index: number): readonly number[] | null => {
  const numbers = numbersAt(site, index);
  const wrong = numbers?.findIndex((n) => !Number.isInteger(n)) ?? -1;
  if (numbers === null || wrong < 0) return numbers;
  return wrongValue(
    site,
    settingAt(site, index).name,
    wrong,
    item(numbers, wrong),
    "whole numbers are needed",
  );
};

/** A parameter, which has finite numbers. */
export const finite = (site: Site, w: Weight): Weight => {
  const at = nonFiniteIn(w);
  return at < 0 ? w : wrongValue(site, w.name, at, w.stored()[at] ?? 0, "weights are finite numbers");
};

/** Input `index` as a parameter: a constant of finite numbers. */
export const weightAt = (site: Site, index: number): Weight => finite(site, settingAt(site, index));

export const optionalWeightAt = (site: Site, index: number): Weight | null =>
  optionalAt(site, index) === null ? null : weightAt(site, index);

/** Demands that a vector parameter has one entry a channel. */
export const vectorOf = (site: Site, w: Weight, channels: number, role: string): Weight => {
  const shape: Shape = w.shape;
  if (shape.length === 1 && shape[0] === channels) return w;
  return wrongShape(
    site,
    `the ${role} "${quoteName(w.name)}" is ${showShape(shape)}, [${channels}] is needed`,
  );
};
