export { type ImportedNet, importNet } from "./import.ts";
export type { NetOptions } from "./to-native.ts";
