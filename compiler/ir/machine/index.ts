export * from "./invariants.ts";
export * from "./program.ts";
