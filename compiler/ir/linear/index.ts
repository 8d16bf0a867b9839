export * from "./check.ts";
export * from "./linear-map.ts";
export * from "./make.ts";
export { type Pattern, type Patterns, patternsOf } from "./patterns.ts";
export * from "./shape-rules.ts";
export * from "./sparse.ts";
export * from "./sums.ts";
export * from "./synapses.ts";
export * from "./window.ts";
