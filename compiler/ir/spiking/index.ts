export * from "./cycles.ts";
export * from "./digits.ts";
export * from "./invariants.ts";
export * from "./make.ts";
export * from "./network.ts";
