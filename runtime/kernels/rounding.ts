import { unreachable } from "../../compiler/diagnostics/index.ts";

export type Rounding = "even" | "up" | "floor";

/** The nearest whole number; ties go to the even one. */
export const toEven = (x: number): number => {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
};

/** Nearest whole number, ties to even; floor(x + 0.5); or the whole number below. */
export const rounding = (mode: Rounding): ((x: number) => number) => {
  switch (mode) {
    case "even":
      return toEven;
    case "up":
      return (x) => Math.floor(x + 0.5);
    case "floor":
      return Math.floor;
    default:
      return unreachable(mode);
  }
};
