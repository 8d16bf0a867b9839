export { decodeModel } from "./decode-model.ts";
export { type ElementName, floatingNames, isReadable, type ReadableElement } from "./elements.ts";
export { type ExternalFiles, externalFilesBeside } from "./external/external-files.ts";
export { firstNonFinite } from "./finite.ts";
export type * from "./model.ts";
export { nameOfNode } from "./node-name.ts";
export { looksLike } from "./sniff.ts";
export { tensorProblem, tensorValues } from "./values.ts";
export { noNumberIn, nonFiniteIn, sameNumbers, tensorWeight } from "./weight.ts";
