import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** What a weight file lacks, or has too much of. */
export const weightFaults = defineDiagnostics("weights", {
  missing: { severity: "error", what: "{file} has no `{name}` {shape}", why: "", fix: "{remedy}" },
  shape: {
    severity: "error",
    what: "`{name}` in {file} is {found}, `{stage}` (line {line}) needs {needs}",
    why: "",
    fix: "{remedy}",
  },
  left: { severity: "error", what: "no stage reads `{name}` {shape} of {file}", why: "", fix: "{remedy}" },
  type: {
    severity: "error",
    what: "`{name}` in {file} holds {dtype}, weights are float32 or float64",
    why: "",
    fix: "store it as float32",
  },
  value: { severity: "error", what: "`{name}[{index}]` in {file} is {value}", why: "", fix: "{remedy}" },
  format: { severity: "error", what: "weights are not read from `{file}`", why: "", fix: "{remedy}" },
  order: {
    severity: "error",
    what: "{file} does not go on as the network does: {what}",
    why: "",
    fix: "{remedy}",
  },
  ambiguous: {
    severity: "error",
    what: "`{stage}` (line {line}) fits {count} nodes of {file}: {nodes}",
    why: "",
    fix: "{remedy}",
  },
  both: {
    severity: "error",
    what: "weights are taken `in order` and by name",
    why: "",
    fix: "leave out `in order`, or the names",
  },
  source: {
    severity: "error",
    what: "this says nowhere where the weights come from",
    why: "",
    fix: 'write `weights "file.npz"`, or `weights kaiming(seed: 1)`',
  },
  unfilled: {
    severity: "error",
    what: "`{name}` is filled by nothing: {file} was walked, and it is not there",
    why: "",
    fix: "name the weights by stage, or give it an `init`",
  },
  twice: {
    severity: "error",
    what: "`{network}` names its weights twice",
    why: "",
    fix: "leave one of the lines out",
  },
  none: {
    severity: "error",
    what: "`{network}` has no weights, so it can be checked but not compiled",
    why: "",
    fix: 'add `weights "file.safetensors"` to the network',
  },
});
