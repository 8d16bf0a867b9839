import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Loops, which are written out while a program is read, and blocks that use each other. */
export const loopFaults = defineDiagnostics("loop", {
  times: {
    severity: "error",
    what: "a loop of {value} rounds: the number must be whole, from 0 to {limit}",
    why: "",
    fix: "write another number",
  },
  parts: {
    severity: "error",
    what: "`{text}` has {found} parts, the loop names {wanted}",
    why: "",
    fix: "write as many names as each item has parts",
  },
  stages: {
    severity: "error",
    what: "the program has more than {limit} stages, loops and blocks written out",
    why: "",
    fix: "make the loops shorter, or split the network into files that are compiled alone",
  },
  deep: {
    severity: "error",
    what: "more than {limit} values, stages and blocks stand inside each other here",
    why: "",
    fix: "use fewer blocks inside of blocks",
  },
  tables: {
    severity: "error",
    what: "the delays of synapses and the tables of `lrn` and `upsample` have more than {limit} entries together",
    why: "",
    fix: "use smaller layers there, or one delay for a layer",
  },
  circular: {
    severity: "error",
    what: "`{name}` uses itself: {chain}",
    why: "",
    fix: "write loops with `repeat` or `for`",
  },
  shape: {
    severity: "error",
    what: "the shape of `{name}` is not known inside its own loop",
    why: "",
    fix: "declare it: `{name}: {example} = ...`",
  },
});
