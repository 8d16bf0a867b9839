export * from "./graphs.ts";
export * from "./pass.ts";
