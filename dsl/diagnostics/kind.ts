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
  host: {
    severity: "error",
    what: "`{word}` computes values {where} of a network that runs in time",
    why: "",
    fix: "{remedy}",
  },
  codes: {
    severity: "error",
    what: "`{input}` is encoded by `{first}` (line {line}) and by `{second}`",
    why: "",
    fix: "encode it once, and give the result a name",
  },
  loop: {
    severity: "error",
    what: "`previous({name})` looks back in time, `{name}` is declared {declared}",
    why: "",
    fix: "declare it `{name}: spikes{shape}` or `{name}: signal{shape}`",
  },
});
