import { malformed } from "./diagnostics.ts";
import { Image } from "./image.ts";
import { utf8From } from "./utf8.ts";

/** Global heap collections by address, each read once: objects by index. */
export type Heaps = Map<number, ReadonlyMap<number, Uint8Array>>;

/** Objects of a global heap collection (specification III.E). */
const heapObjects = (image: Image, at: number): ReadonlyMap<number, Uint8Array> => {
  image.mark(at, "GCOL");
  const size = image.u64(at + 8);
  image.need(at, size, "a heap of texts");
  const objects = new Map<number, Uint8Array>();
  for (let next = at + 16; next + 16 <= at + size; ) {
    const index = image.u16(next);
    const length = image.u64(next + 8);
    if (index === 0) break;
    objects.set(index, image.slice(next + 16, length, "a text"));
    next += 16 + Math.ceil(length / 8) * 8;
  }
  return objects;
};

/** Texts of variable length: each cell is a length, a heap address and an index. */
export const heapTexts = (
  image: Image,
  bytes: Uint8Array,
  count: number,
  heaps: Heaps,
): readonly string[] => {
  const cells = new Image(bytes, image.file);
  return Array.from({ length: count }, (_, i) => {
    const length = cells.u32(16 * i);
    if (length === 0) return "";
    const address = cells.u64(16 * i + 4);
    const objects = heaps.get(address) ?? heapObjects(image, address);
    heaps.set(address, objects);
    const found = objects.get(cells.u32(16 * i + 12));
    if (found === undefined || found.length < length)
      throw malformed(image.file, address, "a text is not in its heap");
    const text = found.subarray(0, length);
    const whole = text.at(-1) === 0 ? text.subarray(0, text.indexOf(0)) : text;
    return utf8From(image, whole, address, "a text");
  });
};

/** Texts of fixed width, padded with zeros or spaces. */
export const fixedTexts = (
  image: Image,
  bytes: Uint8Array,
  count: number,
  width: number,
): readonly string[] =>
  Array.from({ length: count }, (_, i) => {
    const cell = bytes.subarray(i * width, (i + 1) * width);
    const end = cell.indexOf(0);
    return utf8From(image, end < 0 ? cell : cell.subarray(0, end), 0, "a text").trimEnd();
  });
