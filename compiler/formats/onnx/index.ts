export { decodeModel } from "./decode/index.ts";
export { onnxDiagnostics } from "./diagnostics.ts";
export { type Imported, importModel, importOnnx } from "./import/index.ts";
