export * from "./graph.ts";
export { isNir, type NirFile, readNir } from "./read.ts";
