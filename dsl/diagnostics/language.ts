import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Parts of the language that are read but not built yet. */
export const languageFaults = defineDiagnostics("language", {
  later: {
    severity: "error",
    what: "`{word}` is part of the language, but this version does not build it",
    why: "",
    fix: "{remedy}",
  },
  streams: {
    severity: "error",
    what: "`{words}` on streams is part of the language, but this version does not build it",
    why: "",
    fix: "build streams from layers with weights, sums, `avg_pool`, `sum_pool`, neurons, `threshold` and `delay`",
  },
});
