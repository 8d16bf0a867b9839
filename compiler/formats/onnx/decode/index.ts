export { decodeModel } from "./decode-model.ts";
export { type ElementName, isReadable, type ReadableElement } from "./elements.ts";
export type * from "./model.ts";
export { tensorProblem, tensorValues } from "./values.ts";
