/** A float of at most 16 bits: one sign bit, then `exponent` bits, then `fraction` bits. */
interface Layout {
  readonly exponent: number;
  readonly fraction: number;
  readonly bias: number;
  /**
   * How NaN and infinity are written. `ieee`: exponent all ones. `finite`: all ones in exponent and fraction
   * is NaN. `nuz`: the pattern of minus zero is NaN. `none`: every pattern is a number.
   */
  readonly special: "ieee" | "finite" | "nuz" | "none";
}

const specialValue = (
  special: Layout["special"],
  sign: number,
  fraction: number,
  full: number,
): number | null => {
  if (special === "ieee") return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return special === "finite" && fraction === full ? Number.NaN : null;
};

const valueOf = ({ exponent, fraction, bias, special }: Layout, bits: number): number => {
  const sign = (bits >> (exponent + fraction)) & 1 ? -1 : 1;
  const e = (bits >> fraction) & (2 ** exponent - 1);
  const f = bits & (2 ** fraction - 1);
  if (special === "nuz" && sign < 0 && e === 0 && f === 0) return Number.NaN;
  const top = e === 2 ** exponent - 1 ? specialValue(special, sign, f, 2 ** fraction - 1) : null;
  if (top !== null) return top;
  const [significand, shift] = e === 0 ? [f, 1] : [2 ** fraction + f, e];
  return sign * significand * 2 ** (shift - bias - fraction);
};

const tableOf = (layout: Layout): Float64Array => {
  const size = 2 ** (1 + layout.exponent + layout.fraction);
  return Float64Array.from({ length: size }, (_, bits) => valueOf(layout, bits));
};

/** The value of an IEEE 754 binary16 pattern. */
export const fromHalf = (bits: number): number =>
  valueOf({ exponent: 5, fraction: 10, bias: 15, special: "ieee" }, bits);

const scratch = new DataView(new ArrayBuffer(4));

/** The value of a bfloat16 pattern: the upper half of a binary32. */
export const fromBfloat = (bits: number): number => {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
};

/** Value by pattern (onnx/onnx:docs/docsgen/source/technical/float8.md and float4.md). */
export const float8E4M3FN = tableOf({ exponent: 4, fraction: 3, bias: 7, special: "finite" });
export const float8E4M3FNUZ = tableOf({ exponent: 4, fraction: 3, bias: 8, special: "nuz" });
export const float8E5M2 = tableOf({ exponent: 5, fraction: 2, bias: 15, special: "ieee" });
export const float8E5M2FNUZ = tableOf({ exponent: 5, fraction: 2, bias: 16, special: "nuz" });
export const float4E2M1 = tableOf({ exponent: 2, fraction: 1, bias: 1, special: "none" });
/** A power of two without sign; the last pattern is NaN. */
export const float8E8M0 = Float64Array.from({ length: 256 }, (_, bits) =>
  bits === 255 ? Number.NaN : 2 ** (bits - 127),
);
