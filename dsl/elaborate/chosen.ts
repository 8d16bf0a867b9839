import type { Random } from "../../compiler/ir/core/index.ts";

/** `count` different whole numbers below `total`, marked 1 (Vitter 1984, selection sampling). */
export const chosenOf = (random: Random, count: number, total: number): Uint8Array => {
  const marks = new Uint8Array(total);
  let left = count;
  for (let i = 0; i < total && left > 0; i++) {
    if (random.unit() * (total - i) >= left) continue;
    marks[i] = 1;
    left--;
  }
  return marks;
};
