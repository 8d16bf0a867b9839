import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Messages of a generated program. */
export const generatedDiagnostics = defineDiagnostics("generated", {
  "weights-damaged": {
    severity: "error",
    what: "the weights of the program are damaged",
    why: "{label} should be {bytes} bytes at offset {offset} with SHA-256 {expected}, {found}",
    fix: "compile the model again",
  },
  usage: {
    severity: "error",
    what: "the program needs {wanted}",
    why: "{found} were given",
    fix: "run: node {program} {example}",
  },
  numbers: {
    severity: "error",
    what: "the text is not a list of numbers",
    why: "word {index} is {found}",
    fix: "give numbers separated by spaces, commas or line ends, or a .npy file",
  },
  "input-shape": {
    severity: "error",
    what: "the data does not fit the input",
    why: "an array of shape {found} is no whole number of samples of shape {wanted}",
    fix: "give one sample, or an array whose first extent counts samples",
  },
  "sample-count": {
    severity: "error",
    what: "the inputs have different numbers of samples",
    why: "they hold {counts}",
    fix: "give as many samples of every input",
  },
});
