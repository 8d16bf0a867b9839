import { defineDiagnostics } from "../../diagnostics/index.ts";

/** Messages about ONNX files, as bytes and as models. */
export const onnxDiagnostics = defineDiagnostics("onnx", {
  truncated: {
    severity: "error",
    what: "the file ends too early",
    why: "at byte {offset} the model needs {needed} more bytes, {left} are left",
    fix: "copy or export the model again; this file has {size} bytes",
  },
  format: {
    severity: "error",
    what: "this is not an ONNX model: it looks like {looks}",
    why: "{evidence}",
    fix: "{remedy}",
  },
  malformed: {
    severity: "error",
    what: "the bytes are not a valid ONNX model",
    why: "at byte {offset}: {fault}",
    fix: "export the model again, and check it with onnx.checker.check_model",
  },
  limit: {
    severity: "error",
    what: "the model has too many or too large {subject}",
    why: "{value} {subject} were found, the limit is {limit}",
    fix: "split or simplify the model so that it stays within the limit",
  },
  dimension: {
    severity: "error",
    what: 'tensor "{tensor}" has an extent that no tensor can have',
    why: "extent {axis} of its shape is {extent}; extents go from 0 to {limit}",
    fix: "export the model again with a fixed shape for this tensor",
  },
  "tensor-size": {
    severity: "error",
    what: 'tensor "{tensor}" does not hold as many values as its shape says',
    why: "shape {shape} of {dtype} needs {needed} {unit}, the file holds {found}",
    fix: "export the model again; the file is damaged or was edited",
  },
  dtype: {
    severity: "error",
    what: 'tensor "{tensor}" has element type {dtype}, which is not read',
    why: "the element types read are {known}",
    fix: "export the model with one of these element types",
  },
  "external-data": {
    severity: "error",
    what: 'tensor "{tensor}" is stored in another file, which is not read yet',
    why: 'its values are in "{location}", outside the model file',
    fix: "save the model as one file: onnx.save(onnx.load(path), path, save_as_external_data=False)",
  },
  "value-range": {
    severity: "error",
    what: 'value {index} of "{name}" does not fit its type',
    why: "it is {value}; {dtype} holds {low} to {high} here",
    fix: "export the model with values in this range",
  },
  attribute: {
    severity: "error",
    what: 'attribute "{attribute}" is not valid',
    why: "{fault}",
    fix: "export the model again, and check it with onnx.checker.check_model",
  },
  "sparse-tensor": {
    severity: "error",
    what: "the model has {count} sparse initializers, which are not read",
    why: "only dense tensors are read",
    fix: "store the weights as dense initializers",
  },
});
