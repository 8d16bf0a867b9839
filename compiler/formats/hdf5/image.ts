import { inFile, Rejected } from "../../diagnostics/index.ts";
import { h5Diagnostics, malformed } from "./diagnostics.ts";

const undefinedHalf = 0xffffffff;

/** Bytes of a file with bounded little-endian reads; every address is checked before it is used. */
export class Image {
  readonly file: string;
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, file: string) {
    this.bytes = bytes;
    this.file = file;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Throws Rejected (`h5/truncated`) when `what` would end outside the file. */
  need(at: number, count: number, what: string): void {
    if (at >= 0 && count >= 0 && at + count <= this.bytes.length) return;
    const holes = { what, from: at, to: at + count, size: this.bytes.length };
    throw new Rejected([h5Diagnostics.report("truncated", inFile(this.file), holes)]);
  }

  u8(at: number): number {
    this.need(at, 1, "a number");
    return this.view.getUint8(at);
  }

  u16(at: number): number {
    this.need(at, 2, "a number");
    return this.view.getUint16(at, true);
  }

  u32(at: number): number {
    this.need(at, 4, "a number");
    return this.view.getUint32(at, true);
  }

  /** A 64-bit length or address below 2^53. */
  u64(at: number): number {
    this.need(at, 8, "a number");
    const high = this.view.getUint32(at + 4, true);
    if (high >= 2 ** 21) throw malformed(this.file, at, "a length or an address is 2^53 or more");
    return high * 2 ** 32 + this.view.getUint32(at, true);
  }

  /** A number of 1, 2, 4 or 8 bytes. */
  unsigned(at: number, width: number): number {
    if (width === 1) return this.u8(at);
    if (width === 2) return this.u16(at);
    return width === 4 ? this.u32(at) : this.u64(at);
  }

  /** A 64-bit address, or null for the one that means "none". */
  address(at: number): number | null {
    this.need(at, 8, "an address");
    const none =
      this.view.getUint32(at, true) === undefinedHalf && this.view.getUint32(at + 4, true) === undefinedHalf;
    return none ? null : this.u64(at);
  }

  slice(at: number, count: number, what: string): Uint8Array {
    this.need(at, count, what);
    return this.bytes.subarray(at, at + count);
  }

  /** Throws Rejected when the four letters of a structure are not there. */
  mark(at: number, letters: string): void {
    const found = String.fromCharCode(...this.slice(at, 4, `a block ${letters}`));
    if (found !== letters) throw malformed(this.file, at, `no block ${letters} is there`);
  }
}
