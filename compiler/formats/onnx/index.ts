export { decodeModel, externalFilesBeside, tensorWeight } from "./decode/index.ts";
export { onnxDiagnostics } from "./diagnostics.ts";
export { operators as onnxOperators } from "./import/importers.ts";
export { type Imported, type ImportOptions, importers, importModel, readModel } from "./import/index.ts";
export { examineOnnx, importOnnx, type ReadOnnx, type ReadOptions, readOnnx } from "./read-onnx.ts";
export { type Sample, sampleName, sampleOperator } from "./sample/sample.ts";
