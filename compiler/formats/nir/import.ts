import { basename } from "node:path";
import { Rejected } from "../../diagnostics/index.ts";
import type { TensorGraph } from "../../ir/tensor/index.ts";
import type { NativeNetwork } from "../../native/index.ts";
import { withEnds } from "./ends.ts";
import { expansionFaults } from "./expansion.ts";
import { inferShapes } from "./infer-shapes.ts";
import { inlined } from "./inline.ts";
import type { NirFile } from "./read.ts";
import { readNir } from "./read.ts";
import { toNative } from "./to-native.ts";
import { hasDynamics, toTensor } from "./to-tensor.ts";

/** What a NIR file holds: dynamics that run in time, or a plain function of its input. */
export type ImportedNir =
  | { readonly kind: "native"; readonly network: NativeNetwork }
  | { readonly kind: "tensor"; readonly graph: TensorGraph };

/** The network in a file that was read. Throws Rejected with all faults of its graph. */
export const networkOf = ({ graph }: NirFile, file: string): ImportedNir => {
  const flat = inlined(graph, file);
  const { ports, faults } = inferShapes(flat.graph, file);
  const ended = withEnds(flat.graph, ports, new Set(graph.nodes.keys()), file);
  const spread = expansionFaults(flat.graph, ports, file);
  const told = [...flat.faults, ...faults, ...ended.faults, ...spread];
  if (told.length > 0) throw new Rejected(told);
  const name = basename(file).replace(/\.nir$/, "");
  return hasDynamics(ended.graph)
    ? { kind: "native", network: toNative(ended.graph, ended.ports, ended.inner, name) }
    : { kind: "tensor", graph: toTensor(ended, name, file) };
};

/**
 * Reads a NIR file into a network of dynamics, or into a tensor graph when nothing in it has a state, a delay or a
 * threshold. Throws Rejected with every fault found.
 */
export const importNir = (bytes: Uint8Array, file: string): ImportedNir =>
  networkOf(readNir(bytes, file), file);
