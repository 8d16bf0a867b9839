import type { Random } from "../../compiler/testing/index.ts";

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** Lengths, counts and addresses at the edges of types and of limits. */
export const edges: readonly [number, ...number[]] = [
  ...([
    0, 1, 2, 3, 4, 7, 8, 15, 16, 24, 32, 63, 64, 96, 127, 128, 255, 256, 1000, 4096, 65535, 65536,
  ] as const),
  ...([2 ** 20, 2 ** 24, 2 ** 27, 2 ** 28, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 40, 2 ** 53 - 1] as const),
];

/** A little-endian number of 2, 4 or 8 bytes, at an even place, replaced. */
const withNumber = (bytes: Uint8Array, random: Random): Uint8Array => {
  const width = random.pick([2, 4, 8, 8]);
  if (bytes.length < width) return bytes;
  const changed = Buffer.from(bytes);
  const step = random.pick([1, 2, 4, 8]);
  const at = Math.min(
    Math.floor(random.between(0, bytes.length - width) / step) * step,
    bytes.length - width,
  );
  const value = random.chance(70) ? random.pick(edges) : random.between(0, bytes.length);
  if (width === 2) changed.writeUInt16LE(value % 65536, at);
  else changed.writeUInt32LE(value % 2 ** 32, at);
  if (width === 8) changed.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
  return new Uint8Array(changed);
};

const randomBytes = (random: Random, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => random.between(0, 255));

/** One change of bytes that nothing is known about. */
export const mutateBytes = (bytes: Uint8Array, random: Random): Uint8Array => {
  const at = random.between(0, Math.max(0, bytes.length - 1));
  const to = Math.min(bytes.length, at + random.between(1, 16));
  switch (random.between(0, 9)) {
    case 0:
      return bytes.with(at, (bytes[at] ?? 0) ^ (1 << random.between(0, 7)));
    case 1:
      return bytes.with(at, random.pick([0, 1, 127, 128, 129, 254, 255]));
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return joined(bytes.subarray(0, at), bytes.subarray(to));
    case 4:
      return joined(bytes.subarray(0, to), bytes.subarray(at));
    case 5:
      return joined(bytes.subarray(0, at), randomBytes(random, random.between(1, 8)), bytes.subarray(at));
    default:
      return withNumber(bytes, random);
  }
};

/** Several changes; small counts are the most common. */
export const mutatedBytes = (bytes: Uint8Array, random: Random): Uint8Array => {
  let changed = bytes;
  for (let i = random.pick([1, 1, 1, 2, 2, 3, 5, 8]); i > 0 && changed.length > 0; i--)
    changed = mutateBytes(changed, random);
  return changed;
};
