export { type Imported, importModel, importOnnx } from "./import-model.ts";
export { importers } from "./importers.ts";
