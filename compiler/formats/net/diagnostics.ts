import { defineDiagnostics } from "../../diagnostics/index.ts";

/** Messages about `.net` files of Lava (lava-nc/lava-dl: src/lava/lib/dl/netx). */
export const netDiagnostics = defineDiagnostics("net", {
  "not-net": {
    severity: "error",
    what: "this HDF5 file is no network of Lava",
    why: "{fault}",
    fix: "give the .net file that export_hdf5 wrote",
  },
  "layer-type": {
    severity: "error",
    what: "layer {layer} is of a type that is not read",
    why: "its type is {type}; {reason}",
    fix: "{change}",
  },
  "neuron-type": {
    severity: "error",
    what: "layer {layer} has neurons of a type that is not read",
    why: "its neuron/type is {type}; read are CUBA, LOIHI and SDNN",
    fix: "train the network with cuba or sigma_delta blocks",
  },
  "missing-field": {
    severity: "error",
    what: "layer {layer} lacks {field}",
    why: "a layer of type {type} needs it",
    fix: "export the network again",
  },
  "bad-field": {
    severity: "error",
    what: "{field} of layer {layer} cannot be used",
    why: "{fault}",
    fix: "export the network again with {wanted}",
  },
  "layer-place": {
    severity: "error",
    what: "layer {layer} cannot stand where it is",
    why: "{fault}",
    fix: "{change}",
  },
  "field-unused": {
    severity: "note",
    what: "{field} of layer {layer} is not used",
    why: "it is {value}, and NetX of Lava does not read it either",
    fix: "nothing, if the network shall run as NetX runs it",
  },
  "input-values": {
    severity: "note",
    what: "the input takes the whole numbers that drive its neurons",
    why: "layer 0 says {weight} x + {bias} for a value x of a sample",
    fix: "give these numbers, or the spikes of layer 0 themselves",
  },
  "average-sum": {
    severity: "note",
    what: "layer {layer} is read as a sum",
    why: "an average over {count} neurons is a fraction, and the chip counts in integers",
    fix: "divide what is read by {count}",
  },
});
