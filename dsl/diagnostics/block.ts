import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Blocks and their options. */
export const blockFaults = defineDiagnostics("block", {
  missing: { severity: "error", what: "`{owner}` needs `{name}`, {says}", why: "", fix: "write `{example}`" },
  "network-only": {
    severity: "error",
    what: "`{word}` stands in a block",
    why: "",
    fix: "move it to the network that uses the block",
  },
});
