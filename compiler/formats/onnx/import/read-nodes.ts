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
import { freeValues, nodesWithin, subgraphsOf } from "../prepare/subgraphs.ts";
import { controlFlowOf, type Enter, type Results } from "./control-flow.ts";
import { formFaults, outputFaults } from "./faults.ts";
import { folded } from "./fold.ts";
import { whole } from "./forms.ts";
import { importerOf } from "./importers.ts";
import { tensorValue } from "./initializer.ts";
import {
  checkNumbers,
  type Importer,
  type Site,
  spend,
  tooLarge,
  wrongAttribute,
  wrongShape,
} from "./site.ts";
import type { Spent } from "./spent.ts";
import { innerStructure, type Structure } from "./structure.ts";
import { type Computed, dtypeOf, type Value, wholeShape } from "./value.ts";
import type { Derive } from "./weights.ts";

/** Values so far; null for one whose fault is already told. */
export type Values = Map<string, Value | null>;

/** A graph inside a node: its nodes in order, and what they read of its stored values and of those around it. */
interface Inner extends Omit<Structure, "faults"> {
  readonly stored: Values;
  readonly around: readonly string[];
}

/** What the reading of one model gathers. */
export interface Reading {
  readonly model: OnnxModel;
  readonly derive: Derive;
  readonly spent: Spent;
  readonly faults: Diagnostic[];
  readonly unsupported: Set<OnnxNode>;
  /** Graphs inside nodes; a loop reads one again and again. */
  readonly inner: Map<OnnxGraph, Inner>;
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
    if (site.inputs.every((input) => input?.kind !== "computed")) return folded(site, values);
    for (const input of site.inputs) if (input?.kind === "constant") checkNumbers(site, input);
    return values;
  });

const siteOf = (
  { model, derive, spent }: Reading,
  node: OnnxNode,
  inputs: readonly (Value | null)[],
): Site => {
  const name = nameOfNode(node);
  return {
    node,
    name,
    file: model.file,
    opset: node.opset ?? model.opsets.get(node.domain) ?? 0,
    inputs,
    make: maker<Tensor>(tensorLevel, [named(name)]),
    derive,
    spent,
  };
};

/** Finds the order of a graph and makes its stored values the first time; their faults are told then. */
const innerOf = (reading: Reading, graph: OnnxGraph): Inner => {
  const known = reading.inner.get(graph);
  if (known !== undefined) return known;
  const { faults, ...structure } = innerStructure(graph, reading.model.file);
  reading.faults.push(...faults);
  const { read } = structure;
  const stored: Values = new Map();
  for (const tensor of graph.initializers) {
    const value = guarded(reading.faults, () => tensorValue(tensor, tensor.name));
    if (read.has(tensor.name)) stored.set(tensor.name, value);
  }
  const around = freeValues(graph).filter((name) => read.has(name));
  const made = { ...structure, stored, around };
  reading.inner.set(graph, made);
  return made;
};

/** Reads the graphs of a node, each node of which may read the values around it. */
const entering =
  (reading: Reading, site: Site, values: Values): Enter =>
  (graph) => {
    if (graph.outputs.some(({ name }) => name === ""))
      wrongAttribute(site, graph.name, "an output of this graph has no name");
    const { order, read, stored, around } = innerOf(reading, graph);
    const outer = around.map((name) => [name, values.get(name) ?? null] as const);
    return (inputs) => {
      if (inputs.length !== graph.inputs.length)
        wrongAttribute(
          site,
          graph.name,
          `this graph has ${graph.inputs.length} inputs, not ${inputs.length}`,
        );
      spend(site, "nodes", order.length + 1);
      const given = graph.inputs.map(({ name }, i) => [name, inputs[i] ?? null] as const);
      const scope: Values = new Map([...outer, ...stored, ...given]);
      readNodes(reading, order, read, scope);
      return graph.outputs.map(({ name }) => scope.get(name) ?? null);
    };
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

/** Operators that are not read, in the graphs of a node that is not entered. */
const unknownWithin = (node: OnnxNode): readonly OnnxNode[] =>
  nodesWithin(subgraphsOf(node).flatMap(({ nodes }) => nodes)).flatMap(({ node: inner }) => {
    const { domain, opType } = inner;
    return importerOf(domain, opType) === null && controlFlowOf(domain, opType) === null ? [inner] : [];
  });

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
  const checked = (make: () => Results): Results => {
    const made = guarded(faults, make);
    if (made !== null) faults.push(...outputFaults(node, made.length, read, model.file));
    return made ?? [];
  };
  const control = controlFlowOf(node.domain, node.opType);
  if (control !== null) {
    if (!told) return checked(() => asFault(site, () => control(site, entering(reading, site, values))));
    for (const inner of unknownWithin(node)) reading.unsupported.add(inner);
    return [];
  }
  const importer = importerOf(node.domain, node.opType);
  if (importer === null) {
    reading.unsupported.add(node);
    if (!reading.opaque || told) return [];
    return node.outputs.map((name) => opaqueValue(reading, site, name));
  }
  const form = formFaults(node, importer, model.file);
  faults.push(...form);
  if (told || form.length > 0) return [];
  return checked(() => ruled(importer, site));
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
