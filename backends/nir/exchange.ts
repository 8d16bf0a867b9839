import { atNode, type Diagnostic } from "../../compiler/diagnostics/index.ts";
import { fromNative, type NirGraph, type NirMetadata, writeNir } from "../../compiler/formats/nir/index.ts";
import type { NativeNetwork, NativeNode } from "../../compiler/native/index.ts";
import type { DynamicsRead, Exchanged } from "../../compiler/target/index.ts";
import { nirTargetDiagnostics } from "./diagnostics.ts";

export const networkFile = "network.nir";

/** How v is reset; null for what does not spike. */
const resetOf = ({ op }: NativeNode, { reset }: DynamicsRead): DynamicsRead["reset"] | null =>
  op.kind === "neuron" && op.parameters.threshold !== null ? (op.parameters.reset ?? reset) : null;

/** How v is reset, of all neurons that spike: NIR has no field for it. */
const resetsOf = ({ nodes }: NativeNetwork, read: DynamicsRead): string => {
  const found = nodes.flatMap((node) => resetOf(node, read) ?? []);
  const [first, ...others] = [...new Set(found)].toSorted();
  if (first === undefined) return "none";
  return others.length === 0 ? first : "hard and soft";
};

const metadataOf = (network: NativeNetwork, read: DynamicsRead): NirMetadata =>
  new Map<string, string | number>([
    ["dynamics", read.profile],
    ...(read.dt === null ? [] : [["dt", read.dt] as const]),
    ["reset", resetsOf(network, read)],
  ]);

const count = ({ nodes }: NativeNetwork, is: (node: NativeNode) => boolean): number =>
  nodes.filter(is).length;

/** What a reader of the file cannot know. */
const leftOut = (network: NativeNetwork, read: DynamicsRead): readonly Diagnostic[] => {
  const kinds: readonly (readonly [what: string, why: string, change: string, count: number])[] = [
    [
      "the soft reset",
      "NIR has no field for how v is reset, and most readers set it to v_reset",
      'tell the reader; the metadata say reset "soft"',
      count(network, (node) => resetOf(node, read) === "soft"),
    ],
    [
      "how values become spikes",
      "an input of NIR takes what comes in each step",
      "encode the samples before they are given to the reader",
      count(network, ({ op }) => op.kind === "input" && op.code !== null),
    ],
    [
      "what is read at the end",
      "an output of NIR gives what comes in each step",
      "count spikes, or take the potential, in the reader",
      count(network, ({ op }) => op.kind === "output" && op.read !== null),
    ],
  ];
  return kinds.flatMap(([what, why, change, nodes]) =>
    nodes === 0
      ? []
      : [nirTargetDiagnostics.report("left-out", atNode(network.name), { what, why, change, count: nodes })],
  );
};

/**
 * Convolutions whose shapes nir 1.0.8 works out otherwise: nir/ir/conv.py takes one side of the kernel for both, and the
 * channels of one group for all.
 */
const untyped = (network: NativeNetwork, { nodes }: NirGraph): readonly Diagnostic[] =>
  [...nodes.values()].flatMap((node) => {
    if (node.type !== "Conv1d" && node.type !== "Conv2d") return [];
    const [rows, columns = rows] = node.weight.shape.slice(2);
    const what = node.groups > 1 ? `${node.groups} groups` : `a kernel of ${rows} x ${columns}`;
    if (node.groups === 1 && rows === columns) return [];
    return [nirTargetDiagnostics.report("untyped", atNode(network.name), { node: node.name, what })];
  });

/** `network.nir`, in time constants and voltages; its metadata hold the step, the profile and the reset. */
export const exchangeNir = (network: NativeNetwork, read: DynamicsRead): Exchanged => {
  const graph = fromNative(network, read.dt);
  const metadata = metadataOf(network, read);
  return {
    files: [{ path: networkFile, bytes: () => [writeNir(graph, metadata)] }],
    notes: [...leftOut(network, read), ...untyped(network, graph)],
  };
};
