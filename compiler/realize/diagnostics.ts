import { defineDiagnostics } from "../diagnostics/index.ts";

export const realizeDiagnostics = defineDiagnostics("realize", {
  "sum-too-wide": {
    severity: "error",
    what: "sums do not fit the neurons of {target}",
    why: "the {sign} contributions of one step may reach {sum}, the chip adds up to {limit}: {times} times too much, which is {bits} bits of the weights",
    fix: "use so many fewer --weight-bits, or so many times fewer --levels; a model that came quantized needs them from the tool that quantized it; --target simulator has no limit",
  },
  "weight-too-wide": {
    severity: "error",
    what: "a weight cannot be written in synapses of {target}",
    why: "{weight} is no sum of at most {parts} synapses of {low}..{high} times a power of two",
    fix: "use fewer --weight-bits or --levels",
  },
  "no-construction": {
    severity: "error",
    what: "{model} has no construction from the neurons of {target}",
    why: "exact.spatial builds levels and sums from stateless threshold neurons",
    fix: "use --target simulator, or remove the layer",
  },
});
