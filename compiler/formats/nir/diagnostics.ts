import { defineDiagnostics } from "../../diagnostics/index.ts";

/** Messages about NIR files (neuromorphs/NIR). */
export const nirDiagnostics = defineDiagnostics("nir", {
  "not-nir": {
    severity: "error",
    what: "this HDF5 file is no NIR graph",
    why: "{fault}",
    fix: "give a file that nir.write made; spike recordings (NIRData) and other HDF5 files are not networks",
  },
  "unknown-type": {
    severity: "error",
    what: "node {node} is of a type that NIR does not define",
    why: "its type is {type}, known are {known}",
    fix: "export the network with standard NIR nodes",
  },
  "missing-field": {
    severity: "error",
    what: "node {node} lacks a parameter",
    why: "{type} needs {field}",
    fix: "export the network again; the file does not follow the NIR layout",
  },
  "bad-field": {
    severity: "error",
    what: "parameter {field} of node {node} cannot be used",
    why: "{fault}",
    fix: "export the network again with {wanted}",
  },
  "no-such-node": {
    severity: "error",
    what: "an edge of {graph} names a node that is not there",
    why: "the edge {from} to {to} needs {missing}; the nodes are {known}",
    fix: "correct the name in the file's edges, or add the node",
  },
  "name-clash": {
    severity: "error",
    what: "two nodes have the name {node} when nested graphs are opened",
    why: "a nested graph's nodes are called after it, with a dot between",
    fix: "rename one of them",
  },
  "no-input": {
    severity: "error",
    what: "nothing enters the network",
    why: "there is no Input node, and every node has a predecessor or no shape of its own",
    fix: "add an Input node with a shape",
  },
  "no-output": {
    severity: "error",
    what: "nothing leaves the network",
    why: "there is no Output node, and every node has a successor",
    fix: "add an Output node",
  },
  shape: {
    severity: "error",
    what: "node {node} does not fit what comes in",
    why: "{fault}",
    fix: "check the parameter shapes of {node} and of the nodes before it",
  },
  "unknown-shape": {
    severity: "error",
    what: "the shape of node {node} is not known",
    why: "{why}",
    fix: "write input_shape or input_type for it, or an Input node with a shape before it",
  },
  "too-many-parameters": {
    severity: "error",
    what: "the parameters of the network are spread over too many neurons",
    why: "they become {count} numbers, at most {limit} are held",
    fix: "give one number for all neurons of a node, or split the network",
  },
  cycle: {
    severity: "error",
    what: "the network feeds itself without a neuron or a delay",
    why: "nothing in it keeps a state, so that a loop has no value",
    fix: "put a neuron or a Delay into the loop",
  },
  "no-inverse": {
    severity: "error",
    what: "{node} cannot be written as NIR",
    why: "{why}",
    fix: "{change}",
  },
  "bad-name": {
    severity: "error",
    what: "node {node} has a name that NIR cannot hold",
    why: "the name contains a slash or is empty, and readers of HDF5 would nest it",
    fix: "rename the layer",
  },
});
