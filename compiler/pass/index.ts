export * from "./graphs.ts";
export * from "./levels.ts";
export * from "./manager.ts";
export * from "./pass.ts";
export * from "./planned.ts";
