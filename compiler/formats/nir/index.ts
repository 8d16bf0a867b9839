export { fromNative } from "./from-native.ts";
export * from "./graph.ts";
export { type ImportedNir, importNir, networkOf } from "./import.ts";
export { isNir, type NirFile, readNir } from "./read.ts";
export { type NirMetadata, writeNir } from "./write.ts";
