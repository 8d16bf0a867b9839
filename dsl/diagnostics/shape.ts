import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Shapes that do not fit; found before a weight is read. */
export const shapeFaults = defineDiagnostics("shape", {
  rank: { severity: "error", what: "{what} needs {needs}, its input is {found}", why: "", fix: "{remedy}" },
  dense: {
    severity: "error",
    what: "`dense` needs a vector, its input is {found}",
    why: "",
    fix: "{remedy}",
  },
  add: { severity: "error", what: "cannot add {left} and {right}", why: "", fix: "{remedy}" },
  concat: {
    severity: "error",
    what: "cannot join {left} and {right} along the channels",
    why: "",
    fix: "make all extents but the first one equal",
  },
  output: {
    severity: "error",
    what: "`{name}` is declared {declared} but is {found}",
    why: "",
    fix: "{remedy}",
  },
  "uneven-padding": {
    severity: "error",
    what: "{extent} to {out} with a {kernel} kernel need {padding} of padding in all; `same` cannot halve it",
    why: "",
    fix: "write `pad: {pad}` (PyTorch) or `pad: same_upper` (Keras, TFLite)",
  },
  "average-padding": {
    severity: "error",
    what: "`avg_pool` with padding is defined in two ways: padding counts (PyTorch) or does not (Keras, ONNX)",
    why: "",
    fix: "write `pad: 0`, or import the network from ONNX",
  },
  window: {
    severity: "error",
    what: "a {kernel} window does not fit into {found} with this padding",
    why: "",
    fix: "make it smaller, or pad more",
  },
  groups: {
    severity: "error",
    what: "{groups} groups do not divide {channels} channels",
    why: "",
    fix: "{remedy}",
  },
  axes: {
    severity: "error",
    what: "`{name}` is given for {found} axes, the window has {wanted}",
    why: "",
    fix: "{remedy}",
  },
  whole: { severity: "error", what: "{text} {value}", why: "", fix: "{remedy}" },
  extent: {
    severity: "error",
    what: "an extent must be a whole number from 1 to {limit}, this is {value}",
    why: "",
    fix: "write the extents channels first, without the batch",
  },
  large: {
    severity: "error",
    what: "{shape} has {found} values, the limit is {limit}",
    why: "",
    fix: "make it smaller",
  },
  undeclared: {
    severity: "error",
    what: "`{name}` of a network needs a shape",
    why: "",
    fix: "write `{name}: [...]`, channels first, without the batch",
  },
  view: { severity: "error", what: "{what}", why: "", fix: "{fix}" },
  split: {
    severity: "error",
    what: "{parts} parts do not divide {channels} channels",
    why: "",
    fix: "write a divisor of {channels}",
  },
  "transposed-padding": {
    severity: "error",
    what: "a {kernel} kernel leaves {total} rows too many; `same` cannot halve them",
    why: "",
    fix: "write `pad: {pad}` (PyTorch) or `pad: same_upper` (Keras, TFLite)",
  },
  arithmetic: {
    severity: "error",
    what: "cannot {verb} {left} and {right}",
    why: "",
    fix: "make both shapes equal, or give one number a channel",
  },
  zero: { severity: "error", what: "this divides by 0", why: "", fix: "write another number" },
  outputs: {
    severity: "error",
    what: "`{text}` gives {found} tensors, {wanted} are named here",
    why: "",
    fix: "name each of them: `a, b = ...`",
  },
  inputs: { severity: "error", what: "`{name}` takes {wanted}, here {found}", why: "", fix: "{remedy}" },
});
