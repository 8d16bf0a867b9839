import { type Diagnostic, inFile } from "../../diagnostics/index.ts";
import { sizeOf } from "../../ir/core/index.ts";
import { blockSize } from "./block-matrix.ts";
import { nirDiagnostics } from "./diagnostics.ts";
import type { NirArray } from "./graph.ts";
import type { FlatGraph, FlatNode } from "./inline.ts";
import { limits } from "./limits.ts";
import type { Ports } from "./shape-rules.ts";

const isArray = (value: unknown): value is NirArray =>
  typeof value === "object" && value !== null && "data" in value && value.data instanceof Float64Array;

/** Numbers that the parameters of a node become when each neuron gets its own: weights are not spread. */
const spreadIn = (node: FlatNode, size: number): number =>
  Object.entries(node).reduce(
    (sum, [field, value]) =>
      field !== "weight" &&
      field !== "bias" &&
      isArray(value) &&
      value.data.length > 1 &&
      value.data.length < size
        ? sum + size
        : sum,
    0,
  );

/** Entries of the matrix that the blocks of a weight become, of which all but the blocks are zero. */
const blocksIn = (node: FlatNode): number =>
  (node.type === "Affine" || node.type === "Linear") && node.weight.shape.length > 2
    ? blockSize(node.weight.shape)
    : 0;

/** Parameters of a small file that would become more numbers than are held. */
export const expansionFaults = (
  { nodes }: FlatGraph,
  ports: ReadonlyMap<string, Ports>,
  file: string,
): readonly Diagnostic[] => {
  let count = 0;
  for (const node of nodes.values()) {
    const place = ports.get(node.name);
    if (place !== undefined) count += spreadIn(node, sizeOf(place.input)) + blocksIn(node);
  }
  if (count <= limits.spread) return [];
  return [nirDiagnostics.report("too-many-parameters", inFile(file), { count, limit: limits.spread })];
};
