import { defineDiagnostics } from "../diagnostics/index.ts";

export const routeDiagnostics = defineDiagnostics("route", {
  "no-free-core": {
    severity: "error",
    what: "no core is left to send the inputs on {target}",
    why: "inputs need {needed} cores of {each} sources, {free} cores of the machine are free",
    fix: "use fewer --levels, or a larger machine",
  },
  "keys-exhausted": {
    severity: "error",
    what: "the routing keys of {target} do not suffice",
    why: "{senders} senders need {block} keys each, 32 bits give {limit}",
    fix: "use fewer --levels, or split the network",
  },
});
