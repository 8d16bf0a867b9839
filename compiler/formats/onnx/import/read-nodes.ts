import { type Diagnostic, named, Rejected } from "../../../diagnostics/index.ts";
import { IllTyped, maker, SchemaError, sizeOf } from "../../../ir/core/index.ts";
import { type Tensor, tensorLevel } from "../../../ir/tensor/index.ts";
import {
  nameOfNode,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxValueInfo,
} from "../decode/index.ts";
import { limits } from "../decode/limits.ts";
import { formFaults, outputFaults } from "./faults.ts";
import { folded } from "./fold.ts";
import { whole } from "./forms.ts";
import { importerOf } from "./importers.ts";
import { tensorValue } from "./initializer.ts";
import { type Importer, refuseForm, type Site, tooLarge, wrongAttribute, wrongShape } from "./site.ts";
import { branchStructure } from "./structure.ts";
import { type Computed, dtypeOf, type Value, wholeShape } from "./value.ts";
import type { Derive } from "./weights.ts";

/** Values so far; null for one whose fault is already told. */
export type Values = Map<string, Value | null>;

/** What the reading of one model gathers. */
export interface Reading {
  readonly model: OnnxModel;
  readonly derive: Derive;
  readonly faults: Diagnostic[];
  readonly unsupported: OnnxNode[];
  /** Operators that are not read become opaque nodes. */
  readonly opaque: boolean;
  /** What the model states about its values. */
  readonly infos: ReadonlyMap<string, OnnxValueInfo>;
}

/** Runs `make`, keeps the faults that it throws, and gives null for them. */
export const guarded = <T>(faults: Diagnostic[], make: () => T): T | null => {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    faults.push(...error.diagnostics);
    return null;
  }
};

/** What the builder refuses is a misfit of shapes, since attributes were checked. */
const asFault = <T>(site: Site, make: () => T): T => {
  try {
    return make();
  } catch (error) {
    if (error instanceof IllTyped || error instanceof SchemaError) return wrongShape(site, error.message);
    throw error;
  }
};

const ruled = (importer: Importer, site: Site): readonly Value[] =>
  asFault(site, () => {
    const made = importer.run(site);
    const values: readonly Value[] = "kind" in made ? [made] : made;
    for (const value of values) {
      const size = sizeOf(wholeShape(value));
      if (size > limits.elements) tooLarge(site, "values in one tensor", size, limits.elements);
    }
    const known = site.inputs.every((input) => input?.kind !== "computed");
    return known ? folded(site, values) : values;
  });

const siteOf = ({ model, derive }: Reading, node: OnnxNode, inputs: readonly (Value | null)[]): Site => {
  const name = nameOfNode(node);
  return {
    node,
    name,
    file: model.file,
    opset: node.opset ?? model.opsets.get(node.domain) ?? 0,
    inputs,
    make: maker<Tensor>(tensorLevel, [named(name)]),
    derive,
  };
};

/** The branch of an `If` that its constant condition picks. */
const branchOf = (site: Site): OnnxGraph => {
  const [condition] = site.inputs;
  if (condition?.kind !== "constant")
    return refuseForm(
      site,
      "its condition depends on the input of the network",
      "export the model with the condition fixed, so that one branch is left",
    );
  const name = (condition.weight.stored()[0] ?? 0) === 0 ? "else_branch" : "then_branch";
  const branch = site.node.attributes.get(name);
  return branch?.kind === "graph" ? branch.value : wrongAttribute(site, name, "it is no graph");
};

/** The outputs of a branch: its nodes see the values around it. */
const readBranch = (reading: Reading, site: Site, values: Values): readonly (Value | null)[] => {
  const branch = branchOf(site);
  const { order, read, faults } = branchStructure(branch, reading.model.file);
  reading.faults.push(...faults);
  const scope: Values = new Map(values);
  for (const tensor of branch.initializers)
    scope.set(
      tensor.name,
      guarded(reading.faults, () => tensorValue(tensor, tensor.name)),
    );
  readNodes(reading, order, read, scope);
  return branch.outputs.map(({ name }) => scope.get(name) ?? null);
};

/** An op without an equation, of the shape that the model states; null when it states none. */
const opaqueValue = (reading: Reading, site: Site, output: string): Computed | null => {
  const info = reading.infos.get(output);
  const dims = info?.dims?.map((dim, axis) => (axis === 0 && typeof dim !== "number" ? 1 : dim));
  const shape = dims?.flatMap((dim) => (typeof dim === "number" && dim > 0 ? [dim] : [])) ?? [];
  if (dims === undefined || shape.length < dims.length || sizeOf(shape) > limits.elements) return null;
  const inputs = site.inputs.flatMap((value) => (value === null ? [] : [whole(site, value)]));
  const [first, ...rest] = inputs;
  if (first === undefined) return null;
  const element = info?.element ?? "FLOAT";
  const lead = shape[0] === 1;
  const attrs = { kind: site.node.opType, dtype: dtypeOf(element), shape: lead ? shape.slice(1) : shape };
  return { kind: "computed", node: site.make("opaque", [first, ...rest], attrs), lead, element };
};

const valuesOfNode = (
  reading: Reading,
  node: OnnxNode,
  values: Values,
  read: ReadonlySet<string>,
): readonly (Value | null)[] => {
  const { model, faults } = reading;
  const inputs = node.inputs.map((name) => (name === "" ? null : (values.get(name) ?? null)));
  const told = node.inputs.some((name, i) => name !== "" && inputs[i] === null);
  const site = siteOf(reading, node, inputs);
  if (node.domain === "" && node.opType === "If")
    return told ? [] : (guarded(faults, () => readBranch(reading, site, values)) ?? []);
  const importer = importerOf(node.domain, node.opType);
  if (importer === null) {
    reading.unsupported.push(node);
    if (!reading.opaque || told) return [];
    return node.outputs.map((name) => opaqueValue(reading, site, name));
  }
  const form = formFaults(node, importer, model.file);
  faults.push(...form);
  if (told || form.length > 0) return [];
  const made = guarded(faults, () => ruled(importer, site)) ?? [];
  if (made.length > 0) faults.push(...outputFaults(node, made.length, read, model.file));
  return made;
};

/** Reads nodes, each after those that it reads, and adds what they make to `values`. */
export const readNodes = (
  reading: Reading,
  order: readonly OnnxNode[],
  read: ReadonlySet<string>,
  values: Values,
): void => {
  for (const node of order) {
    const made = valuesOfNode(reading, node, values, read);
    node.outputs.forEach((name, i) => {
      if (name !== "") values.set(name, made[i] ?? null);
    });
  }
};
