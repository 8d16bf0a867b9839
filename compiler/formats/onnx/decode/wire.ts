import { type Diagnostic, inFile, Rejected } from "../../../diagnostics/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { limits } from "./limits.ts";

const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

const scalarTypes = { varint, float: fixed32, double: fixed64 } as const;

const typeNames = ["varint", "8 bytes", "length-delimited", "group start", "group end", "4 bytes"] as const;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Up to this many characters, joining them one by one is faster than a TextDecoder. */
const shortText = 12;

const asciiIn = (bytes: Uint8Array, start: number, end: number): string | null => {
  let text = "";
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0x80;
    if (byte >= 0x80) return null;
    text += String.fromCharCode(byte);
  }
  return text;
};

const lenientUtf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A 64-bit integer as two halves: the value is high * 2^32 + low, with `high` signed. */
export interface Int64 {
  readonly high: number;
  readonly low: number;
}

/**
 * A position in protobuf bytes (protobuf.dev/programming-guides/encoding). `next` steps to a field, one
 * of the readers takes its value. Every read is bounded by the message it is in, and no read copies.
 * Throws Rejected with `onnx/truncated`, `onnx/malformed` or `onnx/limit`.
 */
export class Wire {
  readonly bytes: Uint8Array;
  readonly file: string;
  /** Number of the field that `next` found. */
  field = 0;
  private readonly view: DataView;
  private readonly origin: number;
  private type = 0;
  private at = 0;
  private end: number;
  private depth = 0;
  private high = 0;
  private low = 0;

  /** `origin` is the offset of the bytes in the file, for messages. */
  constructor(bytes: Uint8Array, file: string, origin = 0) {
    // A plain view: `slice` of a Node buffer does not copy.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.file = file;
    this.origin = origin;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
  }

  /** Offset in the file. */
  get offset(): number {
    return this.origin + this.at;
  }

  private reject(diagnostic: Diagnostic): never {
    throw new Rejected([diagnostic]);
  }

  malformed(fault: string): never {
    return this.reject(
      onnxDiagnostics.report("malformed", inFile(this.file), { offset: this.offset, fault }),
    );
  }

  private take(count: number): number {
    const left = this.end - this.at;
    if (count > left) {
      const holes = { offset: this.offset, needed: count, left, size: this.bytes.length };
      this.reject(onnxDiagnostics.report("truncated", inFile(this.file), holes));
    }
    const start = this.at;
    this.at += count;
    return start;
  }

  /** Reads up to 10 bytes into `high` and `low` (both unsigned). Padded varints are legal protobuf. */
  private readVarint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.take(1)] ?? 0;
      const part = byte & 0x7f;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >>> 4;
      } else if (shift < 63) high |= part << (shift - 32);
      else if (part > 1) this.malformed("a varint has more than 64 bits");
      else high |= part << 31;
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    this.malformed("a varint has more than 10 bytes");
  }

  /** Steps to the next field; false at the end of the message. */
  next(): boolean {
    if (this.at >= this.end) return false;
    this.readVarint();
    if (this.high !== 0) this.malformed("a field tag has more than 32 bits");
    this.type = this.low & 7;
    this.field = this.low >>> 3;
    if (this.field === 0) this.malformed("field number 0 is not allowed");
    if (this.type === 3 || this.type === 4)
      this.malformed(`field ${this.field} is a group, which ONNX does not use`);
    if (this.type > fixed32)
      this.malformed(`field ${this.field} has wire type ${this.type}, which does not exist`);
    return true;
  }

  private expect(type: number): void {
    if (this.type === type) return;
    const [found, wanted] = [typeNames[this.type] ?? "", typeNames[type] ?? ""];
    this.malformed(`field ${this.field} is stored as ${found}, it should be ${wanted}`);
  }

  private length(): number {
    this.readVarint();
    return this.high * 2 ** 32 + this.low;
  }

  /** What is left of the message, as a view. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.at, this.end);
  }

  /** The bytes of the field, as a view. */
  payload(): Uint8Array {
    this.expect(delimited);
    const length = this.length();
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  /** What `payload` will give when the field is length-delimited and whole, else null; nothing is consumed. */
  peek(): Uint8Array | null {
    if (this.type !== delimited) return null;
    const start = this.at;
    const bytes = this.payload();
    this.at = start;
    return bytes;
  }

  /** A name; refuses bytes that are not UTF-8, so that two names never become one. */
  text(): string {
    this.expect(delimited);
    const length = this.length();
    const start = this.take(length);
    const short = length <= shortText ? asciiIn(this.bytes, start, start + length) : null;
    if (short !== null) return short;
    try {
      return utf8.decode(this.bytes.subarray(start, start + length));
    } catch {
      return this.malformed(`the text of field ${this.field} is not UTF-8`);
    }
  }

  /** Text that may hold any bytes; what is not UTF-8 becomes U+FFFD. */
  looseText(): string {
    return lenientUtf8.decode(this.payload());
  }

  int64(): Int64 {
    this.expect(varint);
    this.readVarint();
    return { high: this.high | 0, low: this.low };
  }

  /** The low 32 bits, signed: what protobuf makes of an int32 or enum field. */
  int32(): number {
    this.expect(varint);
    this.readVarint();
    return this.low | 0;
  }

  float(): number {
    this.expect(fixed32);
    return this.view.getFloat32(this.take(4), true);
  }

  double(): number {
    this.expect(fixed64);
    return this.view.getFloat64(this.take(8), true);
  }

  skip(): void {
    if (this.type === varint) this.readVarint();
    else if (this.type === fixed64) this.take(8);
    else if (this.type === fixed32) this.take(4);
    else this.payload();
  }

  /** Runs `read` with the field's bytes as the whole world. */
  message<T>(read: (wire: Wire) => T): T {
    this.expect(delimited);
    const length = this.length();
    const start = this.take(length);
    const outer = this.end;
    this.depth++;
    if (this.depth > limits.depth) {
      const holes = { subject: "nested messages", value: this.depth, limit: limits.depth };
      this.reject(onnxDiagnostics.report("limit", inFile(this.file), holes));
    }
    this.at = start;
    this.end = start + length;
    const value = read(this);
    this.at = this.end;
    this.end = outer;
    this.depth--;
    return value;
  }

  /** Steps over one element or a packed run of a repeated scalar, and says how many elements that was. */
  count(kind: "varint" | "float" | "double"): number {
    if (this.type !== delimited) {
      this.expect(scalarTypes[kind]);
      this.skip();
      return 1;
    }
    if (kind === "varint") {
      let count = 0;
      this.message(() => {
        for (; this.at < this.end; count++) this.readVarint();
      });
      return count;
    }
    const { length } = this.payload();
    const width = kind === "float" ? 4 : 8;
    if (length % width !== 0)
      this.malformed(`the ${length} packed bytes of field ${this.field} are no whole number of values`);
    return length / width;
  }

  /** One element of a repeated scalar, or all of a packed run: `read` is called once an element. */
  repeated(kind: "varint" | "float" | "double", read: (wire: Wire) => void): void {
    const type = scalarTypes[kind];
    const run = (): void => {
      while (this.at < this.end) {
        this.type = type;
        read(this);
      }
    };
    if (this.type === delimited) this.message(run);
    else read(this);
  }
}
