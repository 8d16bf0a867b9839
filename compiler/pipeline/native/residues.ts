import { item, type LinearMap, type Rows, rowsOf } from "../../ir/index.ts";

/** 2^26 - 5: products of two residues are exact in doubles. */
export const prime = 67108859;

/** 2^e modulo the prime for e = -1074 .. 971, the exponents of a double's lowest bit. */
const powers = ((): Float64Array => {
  const table = new Float64Array(1074 + 972);
  const half = (prime + 1) / 2;
  table[1074] = 1;
  for (let e = 1; e <= 971; e++) table[1074 + e] = (2 * (table[1073 + e] ?? 0)) % prime;
  for (let e = 1; e <= 1074; e++) table[1074 - e] = (half * (table[1075 - e] ?? 0)) % prime;
  return table;
})();

const view = new DataView(new ArrayBuffer(8));

/**
 * A finite double m * 2^e as a residue: exact sums and products of doubles have the sums and products of their residues,
 * rounded ones almost never.
 */
export const residueOf = (x: number): number => {
  view.setFloat64(0, Math.abs(x));
  const high = view.getUint32(0);
  const biased = high >>> 20;
  const mantissa = ((high & 0xfffff) + (biased === 0 ? 0 : 0x100000)) * 2 ** 32 + view.getUint32(4);
  const residue = ((mantissa % prime) * (powers[Math.max(biased, 1) - 1] ?? 0)) % prime;
  return x < 0 ? (prime - residue) % prime : residue;
};

/** y += A x, modulo the prime. */
export const addResidues = (
  { offsets, target, weight, sources }: Rows,
  x: Float64Array,
  y: Float64Array,
): void => {
  for (let s = 0; s < sources; s++) {
    const end = item(offsets, s + 1);
    for (let i = item(offsets, s); i < end; i++) {
      const t = target[i] ?? 0;
      y[t] = ((y[t] ?? 0) + residueOf(weight[i] ?? 0) * (x[s] ?? 0)) % prime;
    }
  }
};

const applied = (map: LinearMap, x: Float64Array): Float64Array => {
  const rows = rowsOf(map);
  const y = new Float64Array(rows.targets);
  addResidues(rows, x, y);
  return y;
};

/** True when the weights of a chain, multiplied out, were not rounded on the way. */
export const isExact = (map: LinearMap): boolean => {
  if (map.kind !== "chain") return true;
  const { sources } = rowsOf(map);
  const x = Float64Array.from({ length: sources }, (_, i) => (i * 48271 + 11) % prime);
  const whole = applied(map, x);
  const parts = map.maps.reduce<Float64Array>((v, part) => applied(part, v), x);
  return whole.every((y, t) => y === parts[t]);
};
