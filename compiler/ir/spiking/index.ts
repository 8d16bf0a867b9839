export * from "./digits.ts";
export * from "./invariants.ts";
export * from "./network.ts";
