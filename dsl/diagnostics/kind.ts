import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Values, streams and spike trains that meet. */
export const kindFaults = defineDiagnostics("kind", {
  mixed: {
    severity: "error",
    what: "{left} and {right} meet here",
    why: "",
    fix: "read trains with `read.count`, or make spikes of values with `encode.rate`",
  },
  input: {
    severity: "error",
    what: "`{name}` needs {needs}, its input is {found}",
    why: "",
    fix: "{remedy}",
  },
  "read-out": {
    severity: "error",
    what: "`{name}` is declared {declared} but is {found}",
    why: "",
    fix: "{remedy}",
  },
});
