import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Messages about the files of the simulator target. */
export const simulatorDiagnostics = defineDiagnostics("simulator", {
  missing: {
    severity: "error",
    what: "a file of the simulator is missing",
    why: "{file} is not there",
    fix: "compile the model again",
  },
  differs: {
    severity: "error",
    what: "{file} is not what program.json says",
    why: "byte {at} is {found}, written from program.json it is {expected}",
    fix: "compile the model again; to change the program, work on a copy of the folder",
  },
});
