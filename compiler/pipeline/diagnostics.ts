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
  "native-not-offered": {
    severity: "error",
    what: "{target} cannot run a network that spikes by itself",
    why: "its modes are {offered}; they use its neurons without state, to compute a function exactly",
    fix: "use --target simulator, which runs every neuron model",
  },
  "functions-not-offered": {
    severity: "error",
    what: "{target} takes only networks that spike by themselves",
    why: "the model is a function of its input, and the modes of {target} are {offered}",
    fix: "use --target simulator, or give a .nir file or an .spk network in time",
  },
  "not-a-compartment": {
    severity: "error",
    what: "{target} has no such neuron",
    why: "the network has {what}; on the chip {limit}",
    fix: "{fix}",
  },
  "in-chip-integers": {
    severity: "note",
    what: "{target} runs the dynamics of {profile} in its own integers",
    why: "weights are rounded to -{weight}..{weight} for every layer, and a message takes 1 step",
    fix: "compile for the simulator too and compare, to see what that costs",
  },
  "dynamics-assumed": {
    severity: "note",
    what: "the dynamics of {profile} are assumed",
    why: "none are asked for, and the file does not say how its equations become steps; the profiles are {known}",
    fix: "give --dynamics with the simulator that the network was trained in",
  },
});
