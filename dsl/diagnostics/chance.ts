import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Whatever is drawn by chance says its seed. */
export const chanceFaults = defineDiagnostics("chance", {
  seed: {
    severity: "error",
    what: "`{word}` {what} without a seed",
    why: "",
    fix: "write `{example}`",
  },
});
