import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Messages about tensor files. */
export const dataDiagnostics = defineDiagnostics("data", {
  missing: {
    severity: "error",
    what: "the file does not exist",
    why: "nothing is at the path {path}",
    fix: "check the path; it is relative to the current folder",
  },
  "not-a-file": {
    severity: "error",
    what: "the path is not a regular file",
    why: "{path} is {kind}",
    fix: "give the path of a file",
  },
  "too-large": {
    severity: "error",
    what: "the file is too large",
    why: "it has {bytes} bytes, at most {limit} are read",
    fix: "split it, or keep only the samples that are needed",
  },
  format: {
    severity: "error",
    what: "this is not a tensor file that can be read",
    why: "it starts with the bytes {start}, which no known format does",
    fix: "give .npy, .npz, IDX (also gzipped) or .safetensors",
  },
  damaged: {
    severity: "error",
    what: "the {format} file is not valid",
    why: "{fault}",
    fix: "write the file again with {tool}",
  },
  size: {
    severity: "error",
    what: "{array} does not hold as many values as its shape says",
    why: "shape {shape} of {dtype} needs {needed} bytes, {found} are there",
    fix: "write the file again; it is cut or has something added",
  },
  dtype: {
    severity: "error",
    what: "{array} has element type {dtype}, which is not read",
    why: "the element types read are {known}",
    fix: "convert the array to one of them, for example with NumPy: a.astype('float32')",
  },
  "value-range": {
    severity: "error",
    what: "value {index} of {array} is too large to be exact",
    why: "it is an integer outside plus or minus {limit}",
    fix: "store the array as int32 or float64",
  },
  expands: {
    severity: "error",
    what: "the compressed file unpacks to too many bytes",
    why: "{packed} bytes unpack to {unpacked}, at most {limit} are allowed for a file of this size",
    fix: "store the data without compression: numpy.savez instead of savez_compressed, gunzip for .gz",
  },
  "event-range": {
    severity: "error",
    what: "event {index} lies outside of the picture",
    why: "it is at column {column}, row {row}; the input has {columns} columns and {rows} rows",
    fix: "give recordings of the camera that the network was trained for",
  },
  "no-recordings": {
    severity: "error",
    what: "there are no recordings",
    why: "no name in it ends with {ending}",
    fix: "give a folder of {ending} files, or a list of them",
  },
  "no-array": {
    severity: "error",
    what: "the file has no array named {wanted}",
    why: "it holds {found}",
    fix: "save the array under one of the wanted names",
  },
});

/** Faults of the machine, not of the input: a command that ends with these exits with code 3. */
export const environmentDiagnostics = defineDiagnostics("environment", {
  "read-failed": {
    severity: "error",
    what: "the file cannot be read",
    why: "the operating system says: {reason}",
    fix: "check the permissions and the disk",
  },
  "write-failed": {
    severity: "error",
    what: "the output cannot be written",
    why: "the operating system says: {reason}",
    fix: "check free space and permissions, or choose another output folder; nothing was changed",
  },
});

/** Messages about build folders. */
export const outputDiagnostics = defineDiagnostics("output", {
  "not-ours": {
    severity: "error",
    what: "the output folder exists and is not an output of this program",
    why: "{reason}",
    fix: "choose another folder, or remove this one first",
  },
  strangers: {
    severity: "error",
    what: "the output folder holds files that this program did not write",
    why: "{count} files are not in its manifest: {names}",
    fix: "move them away, or choose another folder; replacing the folder would delete them",
  },
  "manifest-missing": {
    severity: "error",
    what: "this is not a complete output folder",
    why: "there is no file manifest.json in it, which is written last",
    fix: "compile again into this folder or another one",
  },
  "manifest-invalid": {
    severity: "error",
    what: "the manifest of the output folder is not valid",
    why: "{fault}",
    fix: "compile again into another folder",
  },
  "manifest-version": {
    severity: "error",
    what: "the output folder was written by another version",
    why: "its format is {found}, this version reads {known}",
    fix: "use the version that wrote it, or compile again",
  },
  "file-missing": {
    severity: "error",
    what: "{path} is missing from the output folder",
    why: "the manifest lists it with {bytes} bytes",
    fix: "compile again",
  },
  "file-changed": {
    severity: "error",
    what: "{path} is not the file that was written",
    why: "the manifest says {expected}, the file has {found}",
    fix: "compile again, or restore the file",
  },
});
