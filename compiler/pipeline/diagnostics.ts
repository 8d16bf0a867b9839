import { defineDiagnostics } from "../diagnostics/index.ts";

export const pipelineDiagnostics = defineDiagnostics("build", {
  "build-damaged": {
    severity: "error",
    what: "the build cannot be read",
    why: "{why}",
    fix: "compile it again",
  },
  "unknown-pass": {
    severity: "error",
    what: "there is no pass {name}",
    why: "the passes of this compile are {known}",
    fix: "use one of them",
  },
  "mode-not-offered": {
    severity: "error",
    what: "{target} does not offer {mode}",
    why: "its own neurons, weights and delays build {offered}",
    fix: "use --mode auto or one of them, or --target simulator",
  },
});
