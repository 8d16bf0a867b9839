import { inFile, Rejected } from "../../diagnostics/index.ts";
import type { Shape } from "../../ir/core/index.ts";
import { h5Diagnostics, malformed } from "./diagnostics.ts";
import type { Message } from "./header.ts";
import type { Image } from "./image.ts";
import { limits } from "./limits.ts";

/** The extents of a dataspace message, bounded before anything of that size is made. */
export const shapeOf = (image: Image, { at }: Message, path: string): Shape => {
  const version = image.u8(at);
  if (version !== 1 && version !== 2)
    throw malformed(image.file, at, `the dataspace of ${path} has version ${version}`);
  const rank = image.u8(at + 1);
  const first = at + (version === 1 ? 8 : 4);
  if (rank > limits.rank) throw tooLarge(image, path, rank, "dimensions", limits.rank);
  if (version === 2 && image.u8(at + 3) === 2) return [0];
  const shape: number[] = [];
  let size = 1;
  for (let axis = 0; axis < rank; axis++) {
    const extent = image.u64(first + 8 * axis);
    shape.push(extent);
    size *= Math.max(1, extent);
    if (size > limits.elements) throw tooLarge(image, path, size, "elements", limits.elements);
  }
  return shape;
};

export const tooLarge = (image: Image, path: string, count: number, what: string, limit: number): Rejected =>
  new Rejected([h5Diagnostics.report("limit", inFile(image.file), { path, count, what, limit })]);
