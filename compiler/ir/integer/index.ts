export * from "./invariants.ts";
export * from "./level.ts";
export * from "./level-function.ts";
export * from "./ops.ts";
export * from "./ranges.ts";
