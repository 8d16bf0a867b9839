import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Tensors of parameters: options such as `weight`, `param`, `shared`. */
export const parameterFaults = defineDiagnostics("parameter", {
  shape: {
    severity: "error",
    what: "`{text}` is {found}, `{stage}` needs {needs}",
    why: "",
    fix: "declare the `param` with that shape",
  },
  transpose: {
    severity: "error",
    what: "`{text}` turns no `param` of two axes",
    why: "",
    fix: "declare one: `param w: [64, 640]`",
  },
  value: {
    severity: "error",
    what: "`{name}` of `{owner}` must be the name of a `param`, `stored`, or a way to fill it",
    why: "",
    fix: "use one of {words}",
  },
  shared: {
    severity: "error",
    what: "`{name}` reads {found} here, but {first} before: shared stages have one shape",
    why: "",
    fix: "declare a second `shared`, or make both inputs equal",
  },
  sparse: {
    severity: "error",
    what: "`sparse` of `{owner}` must be random, blocks, mask or a ratio",
    why: "",
    fix: 'write for example `random(keep: 10%, seed: 1)`, `blocks(4x4, keep: 25%, seed: 1)`, `mask("f.npz", "name")` or `2:4`',
  },
  arithmetic: {
    severity: "error",
    what: "two tensors of parameters are combined before the data is known",
    why: "",
    fix: "combine each with a tensor of the network",
  },
  ratio: {
    severity: "error",
    what: "{part} of {whole} is no part of a whole",
    why: "",
    fix: "write the smaller number first, for example `2:4`",
  },
});
