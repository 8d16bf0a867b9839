import { defineDiagnostics } from "../diagnostics/index.ts";

export const pipelineDiagnostics = defineDiagnostics("build", {
  "build-damaged": {
    severity: "error",
    what: "the build cannot be read",
    why: "{why}",
    fix: "compile it again",
  },
  "mode-not-offered": {
    severity: "error",
    what: "{target} does not offer {mode}",
    why: "its own neurons, weights and delays build {offered}",
    fix: "use --mode auto or one of them, or --target simulator",
  },
});
