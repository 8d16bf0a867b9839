import { defineDiagnostics } from "../../diagnostics/index.ts";

export const foldDiagnostics = defineDiagnostics("fold", {
  "keep-out-of-range": {
    severity: "error",
    what: "the kept part of the channels is {keep}",
    why: "it must be above 0 and at most 1",
    fix: "give a number such as 0.5",
  },
  "no-such-layer": {
    severity: "error",
    what: "there is no layer {name} to fold",
    why: "the network has {count} layers that make channels: {layers}",
    fix: "use one of these names",
  },
  "not-folded": {
    severity: "warning",
    what: "the layer {name} is not folded",
    why: "its channels cannot be merged: {why}",
    fix: "leave it out of the list of layers to fold",
  },
  "too-wide": {
    severity: "warning",
    what: "the layer {name} is not folded",
    why: "it has {channels} channels, clustering takes at most {limit}",
    fix: "exclude it, or split it",
  },
});
