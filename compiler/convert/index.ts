export * from "./bounds.ts";
export * from "./lower.ts";
export * from "./modes.ts";
export * from "./obligation.ts";
export * from "./obligations.ts";
