import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  decodeModel,
  externalFilesBeside,
  firstNonFinite,
  type OnnxModel,
  type OnnxTensor,
  tensorValues,
} from "../../../../compiler/formats/onnx/decode/index.ts";
import { readFileBounded } from "../../../../runtime/files/index.ts";
import { codesOf, faultsOf } from "../../../rejected.ts";
import {
  bytesField,
  concat,
  floatBytes,
  int,
  message,
  model,
  modelWith,
  tensor,
  text,
} from "../decode/encode.ts";

const openModelFile = (path: string): OnnxModel =>
  decodeModel(readFileBounded(path), path, externalFilesBeside(path));

const root = mkdtempSync(join(tmpdir(), "spikefold-external-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
const folder = (): string => {
  const path = join(root, `case-${count++}`);
  mkdirSync(path);
  return path;
};

type Entries = Readonly<Record<string, string>>;

/** A FLOAT tensor whose values are elsewhere; six values when the shape is not given. */
const elsewhere = (entries: Entries, name = "w", dims: readonly number[] = [2, 3], code = 1): Uint8Array =>
  concat(
    tensor(name, code, dims),
    ...Object.entries(entries).map(([key, value]) => message(13, text(1, key), text(2, value))),
    int(14, 1),
  );

const six = floatBytes(1, 2, 3, 4, 5, 6);

/** Writes a model and six floats as w.bin beside it. */
const put = (at: string, bytes: Uint8Array): string => {
  writeFileSync(join(at, "w.bin"), six);
  writeFileSync(join(at, "m.onnx"), bytes);
  return join(at, "m.onnx");
};

const withEntries = (at: string, entries: Entries): string => put(at, modelWith(elsewhere(entries)));

const fileCodes = (path: string): readonly string[] => codesOf(() => openModelFile(path));

const first = (path: string): OnnxTensor => {
  const [found] = openModelFile(path).graph.initializers;
  if (found === undefined) throw new Error("no initializer");
  return found;
};

test("values in another file are read by their range, and only when asked for", () => {
  const at = folder();
  const path = withEntries(at, { location: "w.bin" });
  expect(tensorValues(first(path))).toEqual({
    shape: [2, 3],
    dtype: "f32",
    data: Float64Array.of(1, 2, 3, 4, 5, 6),
  });
  const part = elsewhere({ location: "./w.bin", offset: "8", length: "8", checksum: "x" }, "w", [2]);
  expect(tensorValues(first(put(folder(), modelWith(part)))).data).toEqual(Float64Array.of(3, 4));
});

test("B01-B04: a location that is no relative path with forward slashes is refused before anything is opened", () => {
  const outside = join(root, "secret");
  writeFileSync(outside, six);
  const locations = [
    "../secret",
    "a/../../secret",
    "a/../w.bin",
    outside,
    "/etc/passwd",
    "C:\\w.bin",
    "c:w.bin",
    "\\\\host\\w.bin",
    "sub\\w.bin",
    "w.bin\0",
    "",
    "x".repeat(2000),
  ];
  for (const location of locations)
    expect([location, fileCodes(withEntries(folder(), { location }))]).toEqual([
      location,
      ["onnx/external-path"],
    ]);
});

test("B05-B06: a symbolic link is refused, as the file and as a folder on the way", () => {
  const outside = folder();
  writeFileSync(join(outside, "w.bin"), six);
  const at = folder();
  symlinkSync(join(outside, "w.bin"), join(at, "link.bin"));
  symlinkSync(outside, join(at, "folder"));
  symlinkSync(join(at, "w.bin"), join(at, "near.bin"));
  for (const location of ["link.bin", "folder/w.bin", "near.bin"])
    expect([location, fileCodes(withEntries(at, { location }))]).toEqual([location, ["onnx/external-link"]]);
});

test("B07: a file with two names is refused unless hard links are allowed", () => {
  const outside = folder();
  writeFileSync(join(outside, "w.bin"), six);
  const at = folder();
  const path = withEntries(at, { location: "hard.bin" });
  linkSync(join(outside, "w.bin"), join(at, "hard.bin"));
  expect(fileCodes(path)).toEqual(["onnx/external-link"]);
  const bytes = modelWith(elsewhere({ location: "hard.bin" }));
  const { graph } = decodeModel(bytes, path, externalFilesBeside(path, { allowHardLinks: true }));
  expect(graph.initializers.map((one) => [...tensorValues(one).data])).toEqual([[1, 2, 3, 4, 5, 6]]);
});

test("B08: a key that is unknown, stands twice or is missing is refused", () => {
  expect(fileCodes(withEntries(folder(), { location: "w.bin", constructor: "1" }))).toEqual([
    "onnx/external-key",
  ]);
  expect(fileCodes(withEntries(folder(), { location: "w.bin", basepath: "/" }))).toEqual([
    "onnx/external-key",
  ]);
  expect(fileCodes(withEntries(folder(), { offset: "0" }))).toEqual(["onnx/external-key"]);
  const entry = (key: string, value: string) => message(13, text(1, key), text(2, value));
  const more = (...entries: readonly Uint8Array[]) =>
    fileCodes(put(folder(), modelWith(concat(tensor("w", 1, [6]), ...entries, int(14, 1)))));
  expect(more(entry("location", "w.bin"), entry("__proto__", "1"))).toEqual(["onnx/external-key"]);
  expect(more(entry("location", "w.bin"), entry("location", "w.bin"))).toEqual(["onnx/external-key"]);
});

test("B09: a range that is not a range of the file, or not that of the shape, is refused", () => {
  const wrong: readonly (readonly [Entries, string])[] = [
    [{ offset: "-1" }, "onnx/external-range"],
    [{ offset: "1e3" }, "onnx/external-range"],
    [{ offset: "100000000000000000000" }, "onnx/external-range"],
    [{ offset: "abc" }, "onnx/external-range"],
    [{ offset: "" }, "onnx/external-range"],
    [{ length: " 24" }, "onnx/external-range"],
    [{ length: "1152921504606846976" }, "onnx/external-range"],
    [{ length: "9007199254740991" }, "onnx/tensor-size"],
    [{ length: "23" }, "onnx/tensor-size"],
    [{ length: "25" }, "onnx/tensor-size"],
    [{ offset: "1" }, "onnx/external-range"],
    [{ offset: "9007199254740991" }, "onnx/external-range"],
  ];
  for (const [entries, code] of wrong)
    expect([entries, fileCodes(withEntries(folder(), { location: "w.bin", ...entries }))]).toEqual([
      entries,
      [code],
    ]);
  expect(fileCodes(withEntries(folder(), { location: "w.bin", offset: "0", length: "24" }))).toEqual([]);
});

test("B10: a folder, a pipe, a device and a missing file are refused, and nothing waits", () => {
  const at = folder();
  mkdirSync(join(at, "folder"));
  execFileSync("mkfifo", [join(at, "pipe")]);
  for (const location of ["folder", "pipe", "missing.bin", "w.bin/x", "folder/missing.bin"])
    expect([location, fileCodes(withEntries(at, { location }))]).toEqual([location, ["onnx/external-file"]]);
  const device = faultsOf(() =>
    decodeModel(modelWith(elsewhere({ location: "null" })), "m", externalFilesBeside("/dev/m.onnx")),
  );
  expect(device.map(({ code }) => code)).toEqual(["onnx/external-file"]);
});

test("B10: a file that is replaced or changed between the check and the reading is refused", () => {
  const replaced = folder();
  const one = first(withEntries(replaced, { location: "w.bin" }));
  writeFileSync(join(replaced, "other"), floatBytes(9, 9, 9, 9, 9, 9));
  renameSync(join(replaced, "other"), join(replaced, "w.bin"));
  expect(codesOf(() => tensorValues(one))).toEqual(["onnx/external-file"]);

  const longer = folder();
  const two = first(withEntries(longer, { location: "w.bin" }));
  appendFileSync(join(longer, "w.bin"), "x");
  expect(codesOf(() => firstNonFinite(two))).toEqual(["onnx/external-file"]);

  const linked = folder();
  const three = first(withEntries(linked, { location: "w.bin" }));
  rmSync(join(linked, "w.bin"));
  symlinkSync("/etc/hostname", join(linked, "w.bin"));
  expect(codesOf(() => tensorValues(three))).toEqual(["onnx/external-link"]);
});

test("the gate stands before every tensor: attributes, sparse ones, subgraphs, functions and defaults", () => {
  const bad = elsewhere({ location: "../secret" });
  const constant = (value: Uint8Array) =>
    message(1, text(4, "Constant"), message(5, text(1, "value"), value));
  const sparse = (field: number) =>
    message(
      field,
      message(1, elsewhere({ location: "../a" }, "v", [1])),
      message(2, elsewhere({ location: "../b" }, "i", [1], 7)),
      int(3, 4),
    );
  const inFunction = (...fields: readonly Uint8Array[]) =>
    concat(model(), message(25, text(1, "f"), ...fields));
  const places: readonly (readonly [string, Uint8Array, number])[] = [
    ["initializer", modelWith(bad), 1],
    ["Constant", model(constant(message(5, bad))), 1],
    ["sparse initializer", model(sparse(15)), 2],
    ["sparse Constant", model(constant(sparse(22))), 2],
    ["subgraph", model(message(1, message(5, text(1, "b"), message(6, message(5, bad))))), 1],
    ["list of subgraphs", model(message(1, message(5, text(1, "b"), message(11, message(5, bad))))), 1],
    ["function", inFunction(message(7, message(5, text(1, "value"), message(5, bad)))), 1],
    ["default of a function", inFunction(message(11, text(1, "value"), message(5, bad))), 1],
  ];
  for (const [place, bytes, faults] of places)
    expect([place, fileCodes(put(folder(), bytes))]).toEqual([
      place,
      Array.from({ length: faults }, () => "onnx/external-path"),
    ]);
});

test("a missing file is told once, however many tensors are in it", () => {
  const many = model(
    ...Array.from({ length: 50 }, (_, i) => message(5, elsewhere({ location: "gone.bin" }, `w${i}`))),
    message(5, elsewhere({ location: "gone too" }, "last")),
  );
  expect(fileCodes(put(folder(), many))).toEqual(["onnx/external-file", "onnx/external-file"]);
});

test("a tensor that holds values and names another file is refused", () => {
  const both = concat(elsewhere({ location: "w.bin" }), bytesField(9, six));
  expect(fileCodes(put(folder(), modelWith(both)))).toEqual(["onnx/malformed"]);
});

/** A file that says it is large; the disk holds only what is written. */
const sparseFile = (path: string, size: number, at: number, bytes: Uint8Array): void => {
  const handle = openSync(path, "w");
  ftruncateSync(handle, size);
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
};

test("B66: a range beyond 4 GiB of another file is read, a model file beyond 2 GiB is refused", () => {
  const at = folder();
  const far = 2 ** 32 + 4096;
  sparseFile(join(at, "large.bin"), far + 100, far, six);
  const path = put(at, modelWith(elsewhere({ location: "large.bin", offset: String(far), length: "24" })));
  expect([...tensorValues(first(path)).data]).toEqual([1, 2, 3, 4, 5, 6]);
  sparseFile(join(at, "large.onnx"), 2 ** 31 + 1, 0, Uint8Array.of(8));
  expect(fileCodes(join(at, "large.onnx"))).toEqual(["data/too-large"]);
});
