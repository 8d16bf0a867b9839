/** Takes a float network as far as it goes on one target, and past every node that a stage refuses. */
import { type Diagnostic, Rejected } from "../diagnostics/index.ts";
import { nodesOf, type TensorGraph, type TensorNode } from "../ir/index.ts";
import { type Context, plan, runPasses } from "../pass/index.ts";
import { quantize } from "../passes/tensor/quantize.ts";
import type { QuantizeChoice } from "../pipeline/options.ts";
import { toIntegers } from "../pipeline/tensor-stage.ts";
import type { ScalarFunctions } from "../quantize/index.ts";
import { isOutput, nameOf, readersOf, splitTail } from "../quantize/index.ts";
import type { Backend, ModeName } from "../target/index.ts";
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
  if (prefix === "build") return "convert";
  return prefix === "quantize" || prefix === "convert" || prefix === "realize" || prefix === "map"
    ? prefix
    : reached;
};

/** How a network is compiled, as far as the stages behind the float passes depend on it. */
export interface Choice {
  readonly mode: ModeName | "auto";
  readonly quantize: QuantizeChoice;
}

const attempt = (chip: TensorGraph, backend: Backend, choice: Choice, engines: Engines): Wired | Rejected => {
  const context = {
    targets: [backend.target],
    data: null,
    seed: 0,
    tensor: engines.tensor,
    report: () => undefined,
  };
  try {
    const { graph } = runPasses([plan(quantize, choice.quantize)], chip, { context, clock: () => 0 });
    const integer = toIntegers(graph, engines.scalars, {
      ...context,
      bound: () => undefined,
      measure: () => undefined,
    });
    return wireFor(integer.graph, backend, choice.mode);
  } catch (error) {
    if (error instanceof Rejected) return error;
    throw error;
  }
};

const named = (node: TensorNode, names: ReadonlySet<string>): boolean =>
  node.origins.some(({ name }) => names.has(name));

/** Ops that only move or scale: behind the last layer of the chip they go with what reads them. */
const movers: readonly TensorNode["op"][] = [
  ...(["affine", "concat", "expand", "pad", "reshape", "slice", "transpose", "unary"] as const),
];

/** Adds what would cross to the host only to be read there. */
const includeMovers = (graph: TensorGraph, out: Set<TensorNode>): void => {
  const readers = readersOf(graph);
  for (const node of nodesOf(graph).toReversed())
    if (movers.includes(node.op) && !isOutput(graph, node) && readers(node).every((r) => out.has(r)))
      out.add(node);
};

const mostRounds = 12;

/** What no target can do anything about, found on an earlier one. */
export type Known = Pick<Settled, "out" | "refusals">;

export const nothingKnown: Known = { out: new Set(), refusals: [] };

/** The refusals that hold for all targets: ops without an integer form. */
export const commonOf = (graph: TensorGraph, { refusals, out }: Known): Known => {
  const common = refusals.filter(({ fault }) => fault.code === "quantize/unsupported");
  const names = new Set(common.flatMap(({ fault }) => fault.where.node ?? []));
  const nodes = new Set([...out].filter((node) => named(node, names)));
  includeMovers(graph, nodes);
  return { refusals: common, out: nodes };
};

/** Goes on without the nodes that a stage refuses until no stage refuses one. Nodes keep their names all the way. */
export const settle = (
  graph: TensorGraph,
  backend: Backend,
  choice: Choice,
  engines: Engines,
  known: Known = nothingKnown,
): Settled => {
  const refusals: Refusal[] = [...known.refusals];
  const out = new Set<TensorNode>(known.out);
  const own = new Set(graph.outputs.map((o) => o.name));
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
    const given = new Set<string>(chip.outputs.filter((o) => !own.has(o.name)).map((o) => nameOf(o.value)));
    for (const fault of found.diagnostics) {
      const { node } = fault.where;
      // An output that only a cut made an output is the host's, and no fault of the model.
      if (node === null || !given.has(node)) refusals.push({ stage: stageOf(fault, "quantize"), fault });
      if (node !== null) names.add(node);
    }
    const before = out.size;
    for (const node of nodesOf(graph)) if (node.op !== "input" && named(node, names)) out.add(node);
    includeMovers(graph, out);
    if (out.size === before) return { wired: null, chip, out, refusals };
  }
  return { wired: null, chip: null, out, refusals };
};
