export * from "./graph.ts";
export { type ImportedNir, importNir, networkOf } from "./import.ts";
export { isNir, type NirFile, readNir } from "./read.ts";
