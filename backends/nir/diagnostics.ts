import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Messages about the files of the NIR target. */
export const nirTargetDiagnostics = defineDiagnostics("nir-target", {
  "left-out": {
    severity: "note",
    what: "the NIR file does not say {what}",
    why: "{why}; {count} nodes have it",
    fix: "{change}",
  },
  untyped: {
    severity: "note",
    what: "the reference package reads this file only without its type check",
    why: "it reckons wrongly with {what} of {node} (nir 1.0.8: nir/ir/conv.py)",
    fix: "read it with nir.read(path, type_check=False), or use square kernels without groups",
  },
  missing: {
    severity: "error",
    what: "a file of the NIR target is missing",
    why: "{file} is not there",
    fix: "compile the model again",
  },
});
