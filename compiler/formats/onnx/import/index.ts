export { type Imported, type ImportOptions, importModel, readModel } from "./import-model.ts";
export { importers } from "./importers.ts";
