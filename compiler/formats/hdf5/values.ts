import { arrayOf } from "../../../runtime/files/array.ts";
import { inFile, Rejected } from "../../diagnostics/index.ts";
import { sizeOf } from "../../ir/core/index.ts";
import { chunkedBytes, type Stored, spend } from "./chunks.ts";
import { h5Diagnostics, malformed } from "./diagnostics.ts";
import type { Image } from "./image.ts";
import { fixedTexts, type Heaps, heapTexts } from "./texts.ts";
import type { H5Values } from "./tree.ts";
import type { Ledger } from "./tree-nodes.ts";
import type { StoredType } from "./types.ts";

const bytesOf = (image: Image, stored: Stored, ledger: Ledger): Uint8Array => {
  const { layout, path, shape, width, filters } = stored;
  const size = sizeOf(shape) * width;
  if (layout.kind === "chunked") return chunkedBytes(image, { ...stored, layout }, ledger);
  if (filters.length > 0) throw malformed(image.file, 0, `${path} is compressed but has no chunks`);
  spend(image, path, size, ledger);
  if (layout.kind === "contiguous")
    return layout.at === null ? new Uint8Array(size) : image.slice(layout.at, size, path);
  if (layout.size < size)
    throw malformed(image.file, layout.at, `${path} holds ${layout.size} of ${size} bytes`);
  return image.slice(layout.at, size, path);
};

/** The values of a dataset. Throws Rejected for a type that is not read, and for damaged bytes. */
export const valuesFrom = (
  image: Image,
  type: StoredType,
  stored: Stored,
  heaps: Heaps,
  ledger: Ledger,
): H5Values => {
  const { path, shape } = stored;
  if (type.kind === "other")
    throw new Rejected([
      h5Diagnostics.report("feature", inFile(image.file), { path, what: `it holds ${type.why}` }),
    ]);
  const bytes = bytesOf(image, stored, ledger);
  const count = sizeOf(shape);
  switch (type.kind) {
    case "text":
      return { kind: "texts", data: heapTexts(image, bytes, count, heaps) };
    case "fixed-text":
      return { kind: "texts", data: fixedTexts(image, bytes, count, type.width) };
    case "numbers": {
      const { dtype, little } = type;
      const array = { bytes, dtype, shape, littleEndian: little, label: path, file: image.file };
      return { kind: "numbers", dtype, data: Float64Array.from(arrayOf(array).data) };
    }
  }
};
