import { defineDiagnostics } from "../diagnostics/index.ts";

export const cliDiagnostics = defineDiagnostics("cli", {
  "dim-form": {
    severity: "error",
    what: "--dim {text} does not bind an extent",
    why: "an extent is bound by a name, an equals sign and a whole number",
    fix: "write --dim batch=1, with a name that the model has",
  },
  "unknown-target": {
    severity: "error",
    what: "there is no target {name}",
    why: "the targets are {known}",
    fix: "use one of them, or spikefold targets for their limits",
  },
  "unknown-mode": {
    severity: "error",
    what: "there is no mode {name}",
    why: "the modes are {known}",
    fix: "use one of them, or auto",
  },
  "unknown-level": {
    severity: "error",
    what: "there is no level {name} to compare",
    why: "the levels are {known}",
    fix: "use some of them, with commas",
  },
  "sample-shape": {
    severity: "error",
    what: "samples do not fit the network",
    why: "one sample has shape {found} ({foundSize} values), input {input} has shape {wanted} ({wantedSize} values)",
    fix: "give data whose samples have {wantedSize} values each",
  },
  "label-count": {
    severity: "error",
    what: "labels do not fit the data",
    why: "there are {labels} labels for {samples} samples",
    fix: "give one label per sample",
  },
  "no-array": {
    severity: "error",
    what: "the file has no array for input {input}",
    why: "its arrays are {found}",
    fix: "name the array x, or {input}",
  },
  "several-inputs": {
    severity: "error",
    what: "the network has {count} inputs",
    why: "data files feed networks with one input",
    fix: "join the inputs in the model",
  },
  "no-samples": {
    severity: "error",
    what: "there is nothing to run",
    why: "the data has {size} samples, the range asked for starts at {from}",
    fix: "use a smaller --from or more data",
  },
  "model-kind": {
    severity: "error",
    what: "the model is neither ONNX nor .spk",
    why: "{why}",
    fix: "give an .onnx or .spk file",
  },
  "no-recipe": {
    severity: "error",
    what: "the file has no network to compile",
    why: "it declares {networks} networks and {recipes} compile sections",
    fix: "add a network, or compile n for target {braces}",
  },
  "target-not-built": {
    severity: "error",
    what: "the build has no target {name}",
    why: "it holds {known}",
    fix: "use one of them, or compile with --target {name}",
  },
  "requirement-missed": {
    severity: "error",
    what: "the build misses a requirement on {target}",
    why: "required {metric} {relation} {wanted}, found {found}",
    fix: "relax the requirement, or change the recipe: more levels, bits or kept channels raise accuracy; fewer lower cost",
  },
  "requirement-unmeasured": {
    severity: "error",
    what: "a requirement cannot be judged",
    why: "{metric} is not measured by this version",
    fix: "remove the requirement, or use one of accuracy, drop, agreement, cores, chips, neurons, synapses, steps, spikes",
  },
  "text-encoding": {
    severity: "error",
    what: "the program is not UTF-8 text",
    why: "the byte at {offset} (counted from 0) begins no character",
    fix: "save the file as UTF-8",
  },
  "stdout-twice": {
    severity: "error",
    what: "stdout cannot carry both the program and a JSON document",
    why: "- writes the formatted program to stdout",
    fix: "leave out --json, or give the path of the file",
  },
  "unknown-code": {
    severity: "error",
    what: "there is no message with the code {code}",
    why: "codes are written stage/name, as in error[shape/rank]",
    fix: "{remedy}",
  },
  "plain-number": {
    severity: "error",
    what: "weights or data cannot be read",
    why: "{why}",
    fix: "check the file",
  },
});
