export * from "./graph-json.ts";
export * from "./weights.ts";
