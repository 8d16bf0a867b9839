import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Networks that run in time. */
export const timeFaults = defineDiagnostics("time", {
  step: {
    severity: "error",
    what: "`{network}` runs in time, and its time step is not said",
    why: "",
    fix: "add a line `step 1 ms`",
  },
  differs: {
    severity: "error",
    what: "`{name}` runs with {own}, the network around it with {outer}",
    why: "",
    fix: "give both the same `step` and `dynamics`",
  },
  still: {
    severity: "error",
    what: "`{word}` is said, and nothing of `{network}` runs in time",
    why: "",
    fix: "take the line out, or add neurons",
  },
  twice: {
    severity: "error",
    what: "`{word}` stands twice (first on line {line})",
    why: "",
    fix: "leave one out",
  },
  positive: {
    severity: "error",
    what: "`{name}` is {value}: it must be longer than 0",
    why: "",
    fix: "write for example `{example}`",
  },
  rule: { severity: "error", what: "there is no rule `{name}` for `dynamics`", why: "", fix: "{remedy}" },
  unstable: {
    severity: "error",
    what: "{name} = {tau} is shorter than the step of {step}; {rule} diverges",
    why: "",
    fix: "write `step {shorter}`, or `dynamics exact`",
  },
  grid: {
    severity: "error",
    what: "{time} is not a whole number of steps of {step}",
    why: "",
    fix: "use {near}, or `step {finer}`",
  },
  rate: {
    severity: "error",
    what: "{peak} Hz are {spikes} spikes in a step of {step}; a step holds one",
    why: "",
    fix: "write a `peak` of at most {most} Hz, or a shorter step",
  },
  delays: {
    severity: "error",
    what: "the synapses of `{stage}` have {found} different delays, at most {limit} are built",
    why: "",
    fix: "use a longer step, or round the delays",
  },
  bounds: {
    severity: "error",
    what: "`{name}` is {value}, which is below the lower bound",
    why: "",
    fix: "write `{example}`",
  },
  delay: {
    severity: "error",
    what: "a delay of {steps} steps is longer than the {limit} that a run keeps",
    why: "",
    fix: "use a shorter delay, or a longer step",
  },
});
