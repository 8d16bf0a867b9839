/** The value of an IEEE 754 binary16 pattern (1 sign, 5 exponent, 10 fraction bits). */
export const fromHalf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
};

const scratch = new DataView(new ArrayBuffer(4));

/** The value of a bfloat16 pattern: the upper half of a binary32. */
export const fromBfloat = (bits: number): number => {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
};
