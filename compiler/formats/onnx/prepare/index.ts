export { type Bound, bindDims } from "./bind-dims.ts";
export { namesIn, type Prefix, prefixes } from "./fresh-names.ts";
export type { Keep } from "./functions.ts";
export { inlineFunctions } from "./inline-functions.ts";
export { prepareModel } from "./prepare-model.ts";
export { freeValues, nodesWithin, subgraphsOf, valuesRead } from "./subgraphs.ts";
