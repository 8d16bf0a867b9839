import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Files that a program names, and limits of a run. */
export const fileFaults = defineDiagnostics("file", {
  many: {
    severity: "note",
    what: "the last {left} faults are not shown",
    why: "one run shows {most}",
    fix: "correct these first",
  },
  outside: {
    severity: "error",
    what: "`{name}` leaves the folder of {file}",
    why: "",
    fix: "write a name below that folder, with `/` between its parts",
  },
  refused: { severity: "error", what: "{name}: {what}", why: "{why}", fix: "{fix}" },
  format: {
    severity: "error",
    what: "`{name}` cannot be imported",
    why: "",
    fix: "import from .spk or .onnx files",
  },
  single: {
    severity: "error",
    what: "{name} holds one network, {count} names ask for it",
    why: "",
    fix: "import one name",
  },
  cycle: {
    severity: "error",
    what: "`{name}` imports itself: {chain}",
    why: "",
    fix: "move what both need into a third file",
  },
  imports: {
    severity: "error",
    what: "more than {limit} files are imported",
    why: "",
    fix: "join some of them",
  },
});
