export * from "./fact.ts";
export * from "./target.ts";
