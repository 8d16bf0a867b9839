import type { Origin } from "../../../compiler/diagnostics/index.ts";
import { nodesOf, once, type Shape } from "../../../compiler/ir/core/index.ts";
import { recipeFaults } from "../../diagnostics/recipe.ts";
import type { Call, Compile } from "../../syntax.ts";
import { type Context, placeOf, report, reportLater } from "../context.ts";
import type { TensorKind } from "../layers/layer.ts";
import type { SpkNetwork } from "../spk-network.ts";

/** A network as its recipe sees it. */
export interface Subject {
  readonly inputs: readonly { readonly shape: Shape; readonly kind: TensorKind }[];
  /** Names that `only` and `except` may list: stages, and the levels above them. */
  readonly stages: () => ReadonlySet<string>;
}

const withLevels = (origins: readonly Origin[]): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { name } of origins) {
    names.add(name);
    for (let dot = name.indexOf("."); dot > 0; dot = name.indexOf(".", dot + 1))
      names.add(name.slice(0, dot));
  }
  return names;
};

export const subjectOf = (network: SpkNetwork): Subject => {
  if (network.kind === "tensor") {
    const { graph } = network;
    return {
      inputs: graph.inputs.map(({ type }) => ({ shape: type.shape, kind: "values" })),
      stages: once(() =>
        withLevels(nodesOf(graph).flatMap((node) => (node.op === "input" ? [] : node.origins))),
      ),
    };
  }
  const { nodes } = network.network;
  return {
    inputs: nodes.flatMap(({ op }) =>
      // Spikes are a signal, too; what a code reads are values, but of `delta`, which reads a signal.
      op.kind === "input"
        ? [{ shape: op.shape, kind: op.code === null || op.code.kind === "delta" ? "signal" : "values" }]
        : [],
    ),
    stages: once(() =>
      withLevels(
        nodes.flatMap(({ op, origins }) => (op.kind === "input" || op.kind === "output" ? [] : origins)),
      ),
    ),
  };
};

/** Options of a step that networks with neurons of their own take; null: all of them. */
const taken: Readonly<Record<string, readonly string[] | null>> = {
  evaluate: null,
  map: null,
  quantize: ["weights", "only", "except"],
};

const isTaken = ({ path, args }: Call): boolean => {
  const options = Object.hasOwn(taken, path.text) ? taken[path.text] : undefined;
  if (options === undefined || options === null) return options === null;
  return (args ?? []).every(({ name }) => name !== null && options.includes(name.text));
};

/** What spikes by itself is not converted; what is not built for it is refused, not left out. */
export const checkTimeRecipe = (context: Context, { network, steps }: Compile): void => {
  for (const step of steps) {
    if (step.kind !== "pass" || isTaken(step.call)) continue;
    const { path } = step.call;
    if (path.text === "convert")
      report(context, recipeFaults.report("native", placeOf(context, path.span), { network: network.text }));
    else reportLater(context, path, `leave it out: \`${network.text}\` has neurons of its own`);
  }
};
