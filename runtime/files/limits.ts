/** Bounds on data files; checked before anything of that size is allocated. */
export const limits = {
  fileBytes: 2 ** 31 - 1,
  /** A compressed file may always unpack to this much, */
  unpackedBytes: 2 ** 26,
  /** and beyond that to this many times its size. */
  unpackedRatio: 256,
  rank: 32,
  extent: 2 ** 31 - 1,
  entries: 4096,
  npyHeader: 2 ** 16,
  safetensorsHeader: 2 ** 24,
  manifestBytes: 2 ** 24,
} as const;

/** Bytes that a compressed file of this size may unpack to. */
export const unpackedLimit = (packed: number): number =>
  Math.min(limits.fileBytes, Math.max(limits.unpackedBytes, packed * limits.unpackedRatio));

/** True for a shape that an array can have: extents and their product are exact and bounded. */
export const isShape = (shape: readonly unknown[]): shape is readonly number[] =>
  shape.length <= limits.rank &&
  shape.every(
    (extent) => Number.isSafeInteger(extent) && Number(extent) >= 0 && Number(extent) <= limits.extent,
  ) &&
  shape.reduce((size: number, extent) => size * Math.max(1, Number(extent)), 1) <= limits.fileBytes;
