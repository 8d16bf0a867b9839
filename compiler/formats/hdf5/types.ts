import type { ElementType } from "../../../runtime/files/index.ts";
import { malformed } from "./diagnostics.ts";
import type { Message } from "./header.ts";
import type { Image } from "./image.ts";

/** How one element is stored. `other` keeps the reason why it is not read. */
export type StoredType =
  | {
      readonly kind: "numbers";
      readonly dtype: ElementType;
      readonly width: number;
      readonly little: boolean;
    }
  | { readonly kind: "fixed-text"; readonly width: number }
  | { readonly kind: "text"; readonly width: 16 }
  | { readonly kind: "other"; readonly width: number; readonly why: string };

const classNames = [
  "integer",
  "float",
  "time",
  "text",
  "bit field",
  "opaque",
  "compound",
  "reference",
  "enumeration",
  "variable length",
  "array",
];

const other = (width: number, why: string): StoredType => ({ kind: "other", width, why });

const signedTypes: ReadonlyMap<number, ElementType> = new Map([
  [1, "i8"],
  [2, "i16"],
  [4, "i32"],
  [8, "i64"],
]);

const unsignedTypes: ReadonlyMap<number, ElementType> = new Map([
  [1, "u8"],
  [2, "u16"],
  [4, "u32"],
  [8, "u64"],
]);

const integerType = (width: number, flags: number, precision: number): StoredType => {
  const dtype = ((flags & 8) === 0 ? unsignedTypes : signedTypes).get(width);
  if (dtype === undefined || precision !== 8 * width) return other(width, `integers of ${precision} bits`);
  return { kind: "numbers", dtype, width, little: (flags & 1) === 0 };
};

/** IEEE 754 single and double: exponent and mantissa where the standard has them. */
const floatType = (image: Image, at: number, width: number, flags: number): StoredType => {
  const standard =
    (width === 4 && image.u8(at + 5) === 8 && image.u8(at + 7) === 23) ||
    (width === 8 && image.u8(at + 5) === 11 && image.u8(at + 7) === 52);
  if (!standard || (flags & 0x40) !== 0) return other(width, `floats of ${8 * width} bits`);
  return { kind: "numbers", dtype: width === 4 ? "f32" : "f64", width, little: (flags & 1) === 0 };
};

/** A boolean as h5py stores it is an enumeration over one byte. */
const enumType = (image: Image, at: number, width: number): StoredType => {
  const base = image.u8(at) & 15;
  return base === 0 && width === 1
    ? { kind: "numbers", dtype: "bool", width, little: true }
    : other(width, "an enumeration wider than a byte");
};

/** Reads a datatype message. Throws Rejected for bytes that are none. */
export const typeOf = (image: Image, { at, size, shared }: Message): StoredType => {
  if (shared) return other(1, "a named data type");
  if (size < 8) throw malformed(image.file, at, "a data type of fewer than 8 bytes");
  const kind = image.u8(at) & 15;
  const flags = image.u8(at + 1);
  const width = image.u32(at + 4);
  if (width === 0) throw malformed(image.file, at, "a data type of no bytes");
  switch (kind) {
    case 0:
      return integerType(width, flags, image.u16(at + 10));
    case 1:
      return floatType(image, at + 8, width, flags);
    case 3:
      return { kind: "fixed-text", width };
    case 8:
      return enumType(image, at + 8, width);
    case 9:
      return (flags & 15) === 1 && width === 16
        ? { kind: "text", width: 16 }
        : other(width, "sequences of variable length");
    default:
      return other(width, `elements of type ${classNames[kind] ?? kind}`);
  }
};
