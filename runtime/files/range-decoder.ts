/** Bits of a chunk of LZMA by their probabilities. Source: the LZMA specification of the LZMA SDK. */

/** Bytes that are no LZMA2. */
export class Lzma2Damage extends Error {}

/** Gives up. */
export const damaged = (what: string): never => {
  throw new Lzma2Damage(what);
};

/** Probability of a half, of 2048. */
const half = 1024;

/** Probabilities before anything was read. */
export const fresh = (count: number): Uint16Array => new Uint16Array(count).fill(half);

/** Reads bits by their probabilities; `range` and `code` are below 2^32. */
export class RangeDecoder {
  private range = 2 ** 32 - 1;
  private code = 0;
  private readonly bytes: Uint8Array;
  private at: number;
  private readonly end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.end = end;
    this.at = at + 1;
    if (bytes[at] !== 0 || at + 5 > end) damaged("a chunk does not begin as one");
    for (let i = 0; i < 4; i++) this.code = this.code * 256 + this.next();
  }

  private next(): number {
    if (this.at >= this.end) damaged("a chunk is too short");
    return this.bytes[this.at++] ?? 0;
  }

  private normalize(): void {
    if (this.range >= 2 ** 24) return;
    this.range *= 256;
    this.code = this.code * 256 + this.next();
  }

  bit(probabilities: Uint16Array, index: number): number {
    this.normalize();
    const p = probabilities[index] ?? half;
    const bound = (this.range >>> 11) * p;
    if (this.code < bound) {
      this.range = bound;
      probabilities[index] = p + ((2048 - p) >>> 5);
      return 0;
    }
    this.range -= bound;
    this.code -= bound;
    probabilities[index] = p - (p >>> 5);
    return 1;
  }

  /** A number of `count` bits, the highest first, from a tree that begins at `base`. */
  tree(probabilities: Uint16Array, base: number, count: number): number {
    let m = 1;
    for (let i = 0; i < count; i++) m = 2 * m + this.bit(probabilities, base + m);
    return m - 2 ** count;
  }

  /** The same, the lowest bit first. */
  reverse(probabilities: Uint16Array, base: number, count: number): number {
    let [m, value] = [1, 0];
    for (let i = 0; i < count; i++) {
      const bit = this.bit(probabilities, base + m);
      m = 2 * m + bit;
      value += bit * 2 ** i;
    }
    return value;
  }

  direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.normalize();
      this.range = Math.floor(this.range / 2);
      const bit = this.code >= this.range ? 1 : 0;
      if (bit === 1) this.code -= this.range;
      value = 2 * value + bit;
    }
    return value;
  }

  /** True when the chunk ends here as it must. */
  finished(): boolean {
    this.normalize();
    return this.at === this.end && this.code === 0;
  }
}
