/** Little-endian bytes that grow; numbers below 2^53. */
export class Sheet {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private used = 0;

  get length(): number {
    return this.used;
  }

  private room(count: number): number {
    const at = this.used;
    this.used += count;
    if (this.used > this.bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.used));
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.room(1);
      this.view.setUint8(at, value);
    }
    return this;
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.room(2);
      this.view.setUint16(at, value, true);
    }
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.room(4);
      this.view.setUint32(at, value, true);
    }
    return this;
  }

  u64(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.room(8);
      this.view.setUint32(at, value % 2 ** 32, true);
      this.view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
    }
    return this;
  }

  /** The address that means "none". */
  none(): this {
    return this.u32(0xffffffff, 0xffffffff);
  }

  ascii(text: string): this {
    return this.raw(new TextEncoder().encode(text));
  }

  raw(bytes: Uint8Array): this {
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
    return this;
  }

  zeros(count: number): this {
    this.room(count);
    return this;
  }

  /** Zeros up to the next multiple. */
  align(multiple: number): this {
    return this.zeros((multiple - (this.used % multiple)) % multiple);
  }

  /** The first `count` bytes, which must have been written, replaced. */
  head(bytes: Uint8Array): void {
    this.bytes.set(bytes);
  }

  done(): Uint8Array {
    return this.bytes.slice(0, this.used);
  }
}
