export * from "./general-ops.ts";
export * from "./invariants.ts";
export * from "./level.ts";
export * from "./neighbours.ts";
export * from "./ops.ts";
export * from "./padding.ts";
export * from "./products.ts";
