import { type NativeNetwork, type NativeNode, nativeShapes } from "../../../compiler/native/index.ts";
import { kindFaults } from "../../diagnostics/kind.ts";
import type { Name } from "../../syntax.ts";
import type { Body, Carried, Use } from "../body.ts";
import { placeOf, report } from "../context.ts";
import { inputsFit } from "../declared.ts";
import type { StageNetwork } from "../items.ts";
import type { Flow, TensorKind } from "../layers/layer.ts";
import { stageName } from "../naming.ts";
import { sendsSpikes } from "./building.ts";
import { clocksAgree } from "./clock.ts";
import { place } from "./part.ts";

const endsOf = (network: NativeNetwork) => {
  const inputs = network.nodes.flatMap(({ op }) => (op.kind === "input" ? [op] : []));
  const outputs = network.nodes.filter(({ op }) => op.kind === "output");
  return { inputs, outputs };
};

/** Codes and read-outs lead out of time: in the middle of a network they have no place. */
const staysInTime = ({ context }: Body, use: Use, network: NativeNetwork): boolean => {
  const { inputs, outputs } = endsOf(network);
  const reads = outputs.some(({ op }) => op.kind === "output" && op.read !== null);
  if (!reads && inputs.every(({ code }) => code === null)) return true;
  const remedy = "leave its `encode` and `read` to the network around it";
  const holes = { word: use.name, where: "in the middle", remedy };
  report(context, kindFaults.report("host", placeOf(context, use.word), holes));
  return false;
};

const inTime = ({ context }: Body, use: Use, input: readonly Flow[]): boolean => {
  if (input.every(({ kind }) => kind !== "values")) return true;
  const remedy = "make spikes of the values first, for example with `encode.rate`";
  const holes = { name: use.name, needs: "a signal or spikes", found: "values", remedy };
  report(context, kindFaults.report("input", placeOf(context, use.word), holes));
  return false;
};

const kindOf = ({ nodes, edges }: NativeNetwork, output: NativeNode): TensorKind => {
  const sources = edges.filter(({ to }) => to === output.name).map(({ from }) => from);
  const op = nodes.find(({ name }) => name === sources[0])?.op;
  return sources.length === 1 && sendsSpikes(op) ? "spikes" : "signal";
};

/** Puts a network that runs in time where a stage stands; its nodes get the name of the stage in front. */
export const inlineNative = (
  body: Body,
  use: Use,
  stageNetwork: StageNetwork & { readonly kind: "native" },
  label: Name | null,
  input: readonly Flow[],
): Carried => {
  const { network } = stageNetwork;
  const { inputs, outputs } = endsOf(network);
  const needs = inputs.map(({ shape }) => shape);
  if (!staysInTime(body, use, network) || !inputsFit(body, use, needs, input) || !inTime(body, use, input))
    return null;
  if (!clocksAgree(body.context, use.name, use.word, stageNetwork, body.store.clock)) return null;
  const stage = stageName(body, label, use.counted);
  const shapes = nativeShapes(network);
  const given = input.map((flow) => flow.node);
  return outputs.map((output) => {
    const part = { kind: "network", network, output: output.name, inputs: given } as const;
    const shape = shapes.get(output)?.to ?? [];
    const node = place(body.store.parts, { stage, span: use.span }, part, null, shape);
    return { node, kind: kindOf(network, output), word: use.name, span: use.span, inputs: input };
  });
};
