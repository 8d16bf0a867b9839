import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Characters, brackets and statements that cannot be read. */
export const syntaxFaults = defineDiagnostics("syntax", {
  character: {
    severity: "error",
    what: "the character U+{code} may stand in texts and comments only",
    why: "",
    fix: "write it in ASCII",
  },
  hidden: {
    severity: "error",
    what: "the invisible character U+{code} may stand nowhere in a file",
    why: "",
    fix: "take it out",
  },
  sign: { severity: "error", what: "`{sign}` has no meaning", why: "", fix: "{remedy}" },
  number: {
    severity: "error",
    what: "the number {digits} is too long or too large",
    why: "",
    fix: "write at most 60 digits, and below 1e308",
  },
  text: {
    severity: "error",
    what: "the text does not end on its line",
    why: "",
    fix: 'write `"` where it ends',
  },
  bracket: { severity: "error", what: "`{bracket}` is never {fault}", why: "", fix: "{remedy}" },
  depth: {
    severity: "error",
    what: "brackets stand more than {limit} deep",
    why: "",
    fix: "give the inner part a name of its own",
  },
  size: {
    severity: "error",
    what: "the {what} has {found} {unit}, the limit is {limit}",
    why: "",
    fix: "{remedy}",
  },
  bytes: {
    severity: "error",
    what: "the file is too large",
    why: "it has {found} bytes, the limit is {limit}",
    fix: "move parts of it into files of their own, and import them",
  },
  body: {
    severity: "error",
    what: "`{keyword}` has no body",
    why: "",
    fix: "write it in braces behind this",
  },
  arrow: {
    severity: "error",
    what: "`{before}` is followed by a layer without an arrow",
    why: "",
    fix: "write `{before} -> {after}`",
  },
  statement: { severity: "error", what: "{found} is not expected here", why: "", fix: "expected {expected}" },
});
