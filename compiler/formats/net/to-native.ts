import { atNode, type Diagnostic, Rejected, unreachable } from "../../diagnostics/index.ts";
import { sizeOf } from "../../ir/core/index.ts";
import { compose, reshaped, windows } from "../../ir/linear/index.ts";
import { type NativeNetwork, native } from "../../native/index.ts";
import { addDense } from "./add-dense.ts";
import { addInput } from "./add-input.ts";
import { addWindow } from "./add-window.ts";
import { netDiagnostics } from "./diagnostics.ts";
import { add, type Draft, report } from "./draft.ts";
import type { NetLayer } from "./layer.ts";

/** How a file becomes a network. */
export interface NetOptions {
  /**
   * True (as NetX does it): the neurons of layer 0 run, driven by whole numbers that come in. False: what comes in are
   * the messages that they would send (NetX: skip_layers = 1).
   */
  readonly encode?: boolean;
  /** Binary places of the messages of sigma-delta neurons (NetX: spike_exp). */
  readonly spikeExponent?: number;
}

const addAverage = (draft: Draft, layer: number, groups: number, last: boolean): void => {
  const size = sizeOf(draft.shape);
  const count = size / groups;
  if (!last) return report(draft, layer, "other layers read its fractions", "put the average block last");
  if (!Number.isInteger(count))
    return report(
      draft,
      layer,
      `${size} neurons do not divide into ${groups} groups`,
      "check the shape of the average block",
    );
  const rows = reshaped(draft.shape, [groups, count]);
  const pads = [[0, 0]] as const;
  const sums = windows([groups, count], [count], { strides: [count], dilations: [1], pads });
  draft.end = add(
    draft,
    layer,
    `layer${layer}`,
    native.linear(compose(compose(rows, sums), reshaped(sums.to, [groups]))),
    draft.end,
  );
  draft.notes.push(
    netDiagnostics.report("average-sum", atNode(`layer/${layer}`, draft.file), { layer, count }),
  );
};

const addLayer = (draft: Draft, layer: number, read: NetLayer, last: boolean, encode: boolean): void => {
  const isRead = read.type !== "flatten" && read.type !== "average" && read.type !== "input";
  if (isRead && read.neuron.kind === "sigma" && !last)
    report(
      draft,
      layer,
      "its neurons only sum, and other layers follow",
      "put the layer with sigma_output last",
    );
  if ((read.type === "input") !== (layer === 0))
    return report(draft, layer, `it is of type ${read.type}`, "begin the network with one input layer");
  switch (read.type) {
    case "input":
      return addInput(draft, read, encode);
    case "flatten":
      draft.flat = true;
      return;
    case "average":
      return addAverage(draft, layer, read.groups, last);
    case "dense":
      return addDense(draft, layer, read);
    case "conv":
    case "pool":
      return addWindow(draft, layer, read);
    default:
      return unreachable(read);
  }
};

/** The layers as a network of chip neurons (profile `loihi`), one population a layer. Throws Rejected with every misfit. */
export const netToNative = (
  layers: readonly NetLayer[],
  name: string,
  file: string,
  { encode = true, spikeExponent = 6 }: NetOptions,
): { readonly network: NativeNetwork; readonly notes: readonly Diagnostic[] } => {
  const draft: Draft = {
    file,
    spikeExponent,
    nodes: [],
    edges: [],
    faults: [],
    notes: [],
    end: "input",
    shape: [],
    flat: false,
    depth: 0,
  };
  for (const [layer, read] of layers.entries())
    addLayer(draft, layer, read, layer === layers.length - 1, encode);
  if (draft.depth === 0 && draft.faults.length === 0)
    report(draft, 0, "no layer behind it has neurons", "export the layers that compute");
  if (draft.faults.length > 0) throw new Rejected(draft.faults);
  add(draft, layers.length - 1, "output", native.output("spikes"), draft.end);
  return { network: native.nativeNetwork(name, draft.nodes, draft.edges), notes: draft.notes };
};
