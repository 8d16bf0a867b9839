import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxNode } from "../decode/index.ts";
import { definedIn } from "./subgraphs.ts";

/** The call that nodes are expanded for: what their names and attributes become there. */
export interface Scope {
  readonly prefix: string;
  /** New name of a value. */
  readonly value: (name: string) => string;
  /** The call's attribute, or the function's default; undefined when there is none. */
  readonly attribute: (name: string) => OnnxAttribute | undefined;
  /** Versions of the function's domains that are not the model's. */
  readonly opsets: ReadonlyMap<string, number>;
}

const differing = (
  opsets: ReadonlyMap<string, number>,
  model: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> =>
  new Map([...opsets].filter(([domain, version]) => model.get(domain) !== version));

/** The scope of a function's body for one call, whose own names and attributes are those of the caller already. */
export const callScope = (
  f: OnnxFunction,
  call: OnnxNode,
  prefix: string,
  opsets: ReadonlyMap<string, number>,
): Scope => {
  const names = new Map<string, string>();
  f.outputs.forEach((formal, i) => {
    const actual = call.outputs[i] ?? "";
    if (actual !== "" && !names.has(formal)) names.set(formal, actual);
  });
  f.inputs.forEach((formal, i) => {
    names.set(formal, call.inputs[i] ?? "");
  });
  return {
    prefix,
    value: (name) => (name === "" ? "" : (names.get(name) ?? prefix + name)),
    attribute: (name) => call.attributes.get(name) ?? f.defaults.get(name),
    opsets: differing(f.opsets, opsets),
  };
};

/** The scope of a subgraph of a body: its own values hide those around it. */
export const innerScope = (scope: Scope, graph: OnnxGraph): Scope => {
  const own = definedIn(graph);
  return { ...scope, value: (name) => (own.has(name) ? scope.prefix + name : scope.value(name)) };
};
