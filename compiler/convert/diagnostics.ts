import { defineDiagnostics } from "../diagnostics/index.ts";

export const convertDiagnostics = defineDiagnostics("convert", {
  "signed-level": {
    severity: "error",
    what: "{mode} cannot carry levels that do not begin at zero",
    why: "levels of this node are {low}..{high}; spikes of the code only add",
    fix: "move the input up, so that its levels begin at zero, and take what that adds out of the bias behind it; or use --target simulator, whose exact.graded and exact.track send signed levels",
  },
  "free-values": {
    severity: "error",
    what: "{mode} cannot emit an activation that is no staircase",
    why: "its {count} values are a table of their own, and digits are decided by thresholds that rise",
    fix: "use --mode exact.graded, or a monotone activation",
  },
  "too-many-levels": {
    severity: "error",
    what: "{mode} is too long for the levels of this node",
    why: "levels reach {high}, the code is built for up to {limit}",
    fix: "use fewer --levels, or --mode exact.graded",
  },
});
