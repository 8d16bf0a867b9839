import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Data declarations. */
export const dataFaults = defineDiagnostics("data", {
  source: {
    severity: "error",
    what: "`{text}` is no data",
    why: "",
    fix: "start with idx, npz, npy, raw or events",
  },
  arithmetic: {
    severity: "error",
    what: "data can be scaled and shifted by numbers only",
    why: "",
    fix: "write `(source - offset) * scale`",
  },
  scale: {
    severity: "error",
    what: "the data would be multiplied by {value}",
    why: "",
    fix: "scale by a number that is not 0",
  },
  events: {
    severity: "error",
    what: "`{data}` holds events, and is {what}",
    why: "",
    fix: "declare it `data {data}: spikes[...] = events(...)`",
  },
  shape: {
    severity: "error",
    what: "`{data}` holds {found}, `{network}` reads {needs}",
    why: "",
    fix: "declare it `data {data}: {needs} = ...`",
  },
});

/** The steps of a compile section. */
export const recipeFaults = defineDiagnostics("recipe", {
  native: {
    severity: "error",
    what: "`{network}` has neurons of its own: there is nothing to convert",
    why: "",
    fix: "take `convert` out",
  },
  open: {
    severity: "error",
    what: "`{text}` leaves the choice open; one build needs one value",
    why: "",
    fix: "write {choices}, or let `spikefold search` choose",
  },
  later: {
    severity: "error",
    what: "`{step}` with {parts} is part of the language, but this version does not build it",
    why: "",
    fix: "leave {parts} out",
  },
  metric: {
    severity: "error",
    what: "`{metric}` is a metric of the language, but builds of this version do not measure it",
    why: "",
    fix: "require one of {known}",
  },
  both: {
    severity: "error",
    what: "`{one}` and `{other}` of `{step}` exclude each other",
    why: "",
    fix: "leave one of them out",
  },
  either: {
    severity: "error",
    what: "`{step}` needs `{one}` or `{other}`",
    why: "",
    fix: "write one of them",
  },
  teacher: {
    severity: "error",
    what: "`{network}` cannot be its own teacher",
    why: "",
    fix: "name another network",
  },
  "mode-option": {
    severity: "error",
    what: "`{option}` belongs to `{mode}`",
    why: "",
    fix: "leave it out, or convert with `{mode}`",
  },
  graded: {
    severity: "error",
    what: "`{step}` splits a layer in two with sums between them, which {target} spikes cannot carry",
    why: "",
    fix: "{remedy}",
  },
  step: { severity: "error", what: "there is no step `{name}`", why: "", fix: "{remedy}" },
  order: {
    severity: "error",
    what: "`{step}` stands after `{other}` (line {line}), but {reason}",
    why: "",
    fix: "move it to line {to}",
  },
  twice: {
    severity: "error",
    what: "`{step}` stands twice (first on line {line})",
    why: "",
    fix: "leave one out",
  },
  scope: {
    severity: "error",
    what: "`only` and `except` exclude each other",
    why: "",
    fix: "leave one of them out",
  },
  evaluate: {
    severity: "error",
    what: "`{metric}` is required but never measured",
    why: "",
    fix: "{remedy}",
  },
  target: {
    severity: "error",
    what: "{target} spikes carry no value, `{mode}` needs {bits} bits",
    why: "",
    fix: "{remedy}",
  },
  mode: { severity: "error", what: "{target} cannot run `{mode}`", why: "", fix: "use {modes}" },
  require: {
    severity: "error",
    what: "`require` needs a metric and a limit",
    why: "",
    fix: "write it as `require accuracy >= 98%`",
  },
  inputs: {
    severity: "error",
    what: "`{network}` has {count} inputs; data feed networks of one input",
    why: "",
    fix: "compile a network of one input",
  },
});
