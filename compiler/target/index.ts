export * from "./backend.ts";
export * from "./fact.ts";
export * from "./target.ts";
