import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Arguments of layers, sources and steps. */
export const optionFaults = defineDiagnostics("option", {
  unknown: { severity: "error", what: "`{owner}` has no option `{name}`", why: "", fix: "{remedy}" },
  missing: { severity: "error", what: "`{owner}` needs `{name}`, {says}", why: "", fix: "write `{example}`" },
  twice: { severity: "error", what: "`{name}` of `{owner}` is given twice", why: "", fix: "leave one out" },
  position: {
    severity: "error",
    what: "`{owner}` takes {most} by position, this is one more",
    why: "",
    fix: "{remedy}",
  },
  type: { severity: "error", what: "`{name}` of `{owner}` must be {says}", why: "", fix: "{remedy}" },
  open: {
    severity: "error",
    what: "`{text}` leaves the choice open; one build needs one value",
    why: "",
    fix: "write {choices}",
  },
});

/** Ranges of an open choice. */
export const rangeFaults = defineDiagnostics("range", {
  order: {
    severity: "error",
    what: "`{text}` does not go up",
    why: "",
    fix: "write the lower number first",
  },
  kind: {
    severity: "error",
    what: "`{text}` is a range of what are no numbers",
    why: "",
    fix: "write the choices with `|` between them",
  },
});

/** Units of numbers. */
export const unitFaults = defineDiagnostics("unit", {
  missing: {
    severity: "error",
    what: "`{name}` is {says}; {number} has no unit",
    why: "",
    fix: "write `{example}`",
  },
  wrong: {
    severity: "error",
    what: "`{name}` is {says}; `{unit}` is no unit of it",
    why: "",
    fix: "write {units}",
  },
  unknown: { severity: "error", what: "`{unit}` is no unit", why: "", fix: "{remedy}" },
  arithmetic: {
    severity: "error",
    what: "numbers with units cannot be computed with",
    why: "",
    fix: "write the result",
  },
  voltages: {
    severity: "error",
    what: "`{name}` has {found}, `{other}` (line {line}) has {before}",
    why: "",
    fix: "give all voltages of a network a unit, or none",
  },
});

/** Numbers that are computed while the program is read. */
export const numberFaults = defineDiagnostics("number", {
  result: {
    severity: "error",
    what: "`{text}` has no result: it divides by 0 or is too long",
    why: "",
    fix: "write another number",
  },
  tensor: {
    severity: "error",
    what: "`{text}` is {found}, not a tensor",
    why: "",
    fix: "write a tensor here",
  },
  kind: { severity: "error", what: "`{text}` is {found}, not a number", why: "", fix: "write a number here" },
});

/** Conditions, which are decided while the program is read. */
export const conditionFaults = defineDiagnostics("condition", {
  truth: {
    severity: "error",
    what: "`{text}` is neither true nor false",
    why: "",
    fix: "compare two numbers, or write `divides(a, b)`",
  },
  compare: {
    severity: "error",
    what: "`{text}` compares what is no number",
    why: "",
    fix: "compare two numbers, or two words with `==` or `!=`",
  },
  require: {
    severity: "error",
    what: "`{text}` does not hold",
    why: "",
    fix: "{reason}",
  },
});
