/** Takes a float network as far as it goes on one target, and past every node that a stage refuses. */
import { type Diagnostic, quoteName, Rejected } from "../diagnostics/index.ts";
import { nodesOf, type TensorGraph, type TensorNode } from "../ir/index.ts";
import { type Context, plan, runPasses } from "../pass/index.ts";
import { quantize } from "../passes/tensor/quantize.ts";
import type { QuantizeChoice } from "../pipeline/options.ts";
import { toIntegers } from "../pipeline/tensor-stage.ts";
import type { ScalarFunctions } from "../quantize/index.ts";
import { splitTail } from "../quantize/index.ts";
import type { Backend } from "../target/index.ts";
import { withoutNodes } from "./cut.ts";
import { type Wired, wireFor } from "./network.ts";

export type Stage = "read" | "quantize" | "convert" | "realize" | "map";

/** Why a stage does not take a node. */
export interface Refusal {
  readonly stage: Stage;
  readonly fault: Diagnostic;
}

export interface Settled {
  /** Null when a stage refuses the whole network. */
  readonly wired: Wired | null;
  /** What the chip computes, in floats. */
  readonly chip: TensorGraph | null;
  /** Nodes of the given graph that are left to the host because a stage refuses them, or behind such. */
  readonly out: ReadonlySet<TensorNode>;
  readonly refusals: readonly Refusal[];
}

export interface Engines {
  readonly tensor: Context["tensor"];
  readonly scalars: ScalarFunctions;
}

const stageOf = (fault: Diagnostic, reached: Stage): Stage => {
  const [prefix] = fault.code.split("/");
  if (prefix === "onnx") return "read";
  if (prefix === "eliminate-max-pool") return "realize";
  return prefix === "quantize" || prefix === "convert" || prefix === "realize" || prefix === "map"
    ? prefix
    : reached;
};

const attempt = (
  chip: TensorGraph,
  backend: Backend,
  choice: QuantizeChoice,
  engines: Engines,
): Wired | Rejected => {
  const context = {
    targets: [backend.target],
    data: null,
    seed: 0,
    tensor: engines.tensor,
    report: () => undefined,
  };
  try {
    const { graph } = runPasses([plan(quantize, choice)], chip, { context, clock: () => 0 });
    const integer = toIntegers(graph, engines.scalars, {
      ...context,
      bound: () => undefined,
      measure: () => undefined,
    });
    return wireFor(integer.graph, backend);
  } catch (error) {
    if (error instanceof Rejected) return error;
    throw error;
  }
};

const named = (node: TensorNode, names: ReadonlySet<string>): boolean =>
  node.origins.some(({ name }) => names.has(name) || names.has(quoteName(name)));

const mostRounds = 12;

/** Goes on without the nodes that a stage refuses until no stage refuses one. Nodes keep their names all the way. */
export const settle = (
  graph: TensorGraph,
  backend: Backend,
  choice: QuantizeChoice,
  engines: Engines,
): Settled => {
  const refusals: Refusal[] = [];
  const out = new Set<TensorNode>();
  for (let round = 0; round < mostRounds; round++) {
    const rest = withoutNodes(graph, out);
    if (rest === null) return { wired: null, chip: null, out, refusals };
    const { chip, host } = splitTail(rest);
    const behind = new Set((host === null ? [] : nodesOf(host)).flatMap((n) => n.origins.map((o) => o.name)));
    const found = attempt(chip, backend, choice, engines);
    if (!(found instanceof Rejected)) {
      const kept = new Set(nodesOf(chip).flatMap((n) => n.origins.map((o) => o.name)));
      for (const node of nodesOf(graph))
        if (node.op !== "input" && named(node, behind) && !named(node, kept)) out.add(node);
      return { wired: found, chip, out, refusals };
    }
    const names = new Set<string>();
    for (const fault of found.diagnostics) {
      refusals.push({ stage: stageOf(fault, "quantize"), fault });
      if (fault.where.node !== null) names.add(fault.where.node);
    }
    const before = out.size;
    for (const node of nodesOf(graph)) if (node.op !== "input" && named(node, names)) out.add(node);
    if (out.size === before) return { wired: null, chip, out, refusals };
  }
  return { wired: null, chip: null, out, refusals };
};
