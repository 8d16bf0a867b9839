import { atNode, type Diagnostic, named } from "../../diagnostics/index.ts";
import { floats, integers, type Shape, sizeOf, type Weight } from "../../ir/core/index.ts";
import { type NativeEdge, type NativeNode, type NativeOp, native } from "../../native/index.ts";
import type { H5Array } from "../hdf5/index.ts";
import { cellOf, entriesOf } from "./cells.ts";
import { netDiagnostics } from "./diagnostics.ts";
import type { NetNeuron } from "./layer.ts";

/** A network while its layers are joined. */
export interface Draft {
  readonly file: string;
  readonly spikeExponent: number;
  readonly nodes: NativeNode[];
  readonly edges: NativeEdge[];
  readonly faults: Diagnostic[];
  readonly notes: Diagnostic[];
  /** The node that the next layer reads, what it sends, and layers that ran before it. */
  end: string;
  shape: Shape;
  flat: boolean;
  depth: number;
}

export const report = ({ file, faults }: Draft, layer: number, fault: string, change: string): void => {
  faults.push(netDiagnostics.report("layer-place", atNode(`layer/${layer}`, file), { layer, fault, change }));
};

export const misfit = (
  { file, faults }: Draft,
  layer: number,
  field: string,
  fault: string,
  wanted: string,
): void => {
  const where = atNode(`layer/${layer}`, file);
  faults.push(netDiagnostics.report("bad-field", where, { layer, field, fault, wanted }));
};

export const add = (
  draft: Draft,
  layer: number,
  name: string,
  op: NativeOp,
  ...from: readonly string[]
): string => {
  // Runs know an input by its origin.
  draft.nodes.push(native.node(name, op, [named(op.kind === "input" ? name : `layer/${layer}`)]));
  for (const source of from) draft.edges.push(native.edge(source, name));
  return name;
};

/** True where the order of rows, columns and channels says nothing. */
export const isList = (shape: Shape): boolean => shape.filter((extent) => extent > 1).length <= 1;

/** The neurons of a layer with their biases. */
export interface Cells {
  readonly neuron: NetNeuron;
  readonly bias: Float64Array | null;
  readonly shape: Shape;
}

/** Tells of parameters that are neither one for all nor one a channel. */
export const checkEntries = (draft: Draft, layer: number, { neuron, bias, shape }: Cells): void => {
  const [channels, size] = [shape[0] ?? 1, sizeOf(shape)];
  for (const [field, count] of [...entriesOf(neuron), ["bias", bias?.length ?? 1] as const])
    if (count !== 1 && count !== channels)
      misfit(draft, layer, field, `it has ${count} entries for ${size} neurons`, `one entry or ${channels}`);
};

/** The neurons of a layer behind the nodes that its weights make. */
export const addCell = (draft: Draft, layer: number, cells: Cells, from: readonly string[]): void => {
  const { neuron, bias, shape } = cells;
  checkEntries(draft, layer, cells);
  if (neuron.kind === "sigma" && bias?.some((b) => b !== 0))
    misfit(draft, layer, "bias", "a neuron that only sums takes none", "no bias here");
  draft.depth++;
  draft.end = add(
    draft,
    layer,
    `layer${layer}`,
    cellOf(neuron, bias, draft.depth, draft.spikeExponent),
    ...from,
  );
  draft.shape = shape;
  draft.flat = isList(shape);
};

export const constant = (value: number): Weight => floats("factor", [1], Float64Array.of(value));

export const weightOf = ({ shape, data }: H5Array): Weight => integers("weight", shape, data);
