import { unreachable } from "../../compiler/diagnostics/index.ts";
import type { NodeOf } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { toEven } from "./rounding.ts";

export type Storage = NodeOf<Tensor, "cast">["attrs"]["to"];

/** Exponent e of 2^e <= x < 2^(e+1); log2 alone can be one off next to a power of two. */
const exponentOf = (x: number): number => {
  const near = Math.floor(Math.log2(x));
  if (2 ** near > x) return near - 1;
  return 2 ** (near + 1) <= x ? near + 1 : near;
};

/** Nearest number with `bits` stored mantissa bits, ties to even; infinite beyond the greatest exponent. */
const toFloat = (x: number, bits: number, least: number, greatest: number): number => {
  if (x === 0 || !Number.isFinite(x)) return x;
  const quantum = 2 ** (Math.max(least, exponentOf(Math.abs(x))) - bits);
  const rounded = toEven(x / quantum) * quantum;
  return Math.abs(rounded) >= 2 ** (greatest + 1) ? rounded * Infinity : rounded;
};

/** Towards zero, then the low `width` bits in two's complement. No number and infinity read as the least i32 or i64, as on x86. */
const toWhole = (x: number, width: number, signed: boolean): number => {
  const modulus = 2 ** width;
  if (!Number.isFinite(x)) {
    if (width < 32 || (width === 32 && !signed)) return 0;
    return signed ? -modulus / 2 : modulus / 2;
  }
  const rest = (Math.trunc(x) % modulus) + 0;
  if (signed) return rest >= modulus / 2 ? rest - modulus : rest < -modulus / 2 ? rest + modulus : rest;
  return rest < 0 ? rest + modulus : rest;
};

const whole =
  (width: number, signed: boolean) =>
  (x: number): number =>
    toWhole(x, width, signed);

/** The value that a number takes when it is stored in a type. Wider integers than 2^53 lose their low bits. */
export const storedAs = (to: Storage): ((x: number) => number) => {
  switch (to) {
    case "f32":
      return Math.fround;
    case "f16":
      return (x) => toFloat(x, 10, -14, 15);
    case "bf16":
      return (x) => toFloat(x, 7, -126, 127);
    case "i64":
      return whole(64, true);
    case "i32":
      return whole(32, true);
    case "i16":
      return whole(16, true);
    case "i8":
      return whole(8, true);
    case "i4":
      return whole(4, true);
    case "u64":
      return whole(64, false);
    case "u32":
      return whole(32, false);
    case "u16":
      return whole(16, false);
    case "u8":
      return whole(8, false);
    case "u4":
      return whole(4, false);
    case "bool":
      return (x) => (x === 0 ? 0 : 1);
    default:
      return unreachable(to);
  }
};
