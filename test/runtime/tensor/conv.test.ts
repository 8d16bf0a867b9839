import fc from "fast-check";
import { expect, test } from "vitest";
import { floats, item, sizeOf } from "../../../compiler/ir/core/index.ts";
import { makeTensor } from "../../../compiler/ir/tensor/index.ts";
import { one } from "./apply.ts";

/** Numbers whose sums round, so that their order shows. */
const numbers = (count: number, seed: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(i * 1.7 + seed));

const sizes = fc.record({
  groups: fc.integer({ min: 1, max: 3 }),
  inPerGroup: fc.integer({ min: 1, max: 3 }),
  rows: fc.integer({ min: 1, max: 9 }),
  extent: fc.integer({ min: 2, max: 9 }),
  pad: fc.nat(1),
});

test("a conv sums from 0 over channels, then taps, and adds the sum to the bias, whatever its size", () => {
  fc.assert(
    fc.property(sizes, ({ groups, inPerGroup, rows, extent, pad }) => {
      const shape = [groups * inPerGroup, extent, extent];
      const x = numbers(sizeOf(shape), 1);
      const weight = floats(
        "w",
        [groups * rows, inPerGroup, 2, 2],
        numbers(groups * rows * inPerGroup * 4, 2),
      );
      const bias = floats("b", [groups * rows], numbers(groups * rows, 3));
      const side = extent + 2 * pad - 1;
      const at = (channel: number, row: number, column: number): number =>
        row < 0 || column < 0 || row >= extent || column >= extent
          ? 0
          : item(x, (channel * extent + row) * extent + column);
      const wanted = Array.from({ length: groups * rows * side * side }, (_, i) => {
        const [o, r, c] = [Math.floor(i / side / side), Math.floor(i / side) % side, i % side];
        let sum = 0;
        for (let k = 0; k < inPerGroup * 4; k++) {
          const channel = Math.floor(o / rows) * inPerGroup + Math.floor(k / 4);
          const value = at(channel, r + (Math.floor(k / 2) % 2) - pad, c + (k % 2) - pad);
          sum += item(weight.stored(), o * inPerGroup * 4 + k) * value;
        }
        return item(bias.stored(), o) + sum;
      });
      const pads = [pad, pad].map((p): readonly [number, number] => [p, p]);
      const conv = one(shape, Array.from(x), (node) =>
        makeTensor("conv", [node], { weight, bias, groups, pads }),
      );
      expect(conv).toEqual(wanted);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test("a dense layer sums in the order of its inputs, for one vector and for many", () => {
  const [rows, columns] = [7, 5];
  const weight = floats("w", [rows, columns], numbers(rows * columns, 1));
  for (const count of [1, 2, 3]) {
    const x = numbers(count * columns, 2);
    const wanted = Array.from({ length: count * rows }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < columns; k++)
        sum += item(weight.stored(), (i % rows) * columns + k) * item(x, Math.floor(i / rows) * columns + k);
      return sum;
    });
    expect(one([count, columns], Array.from(x), (node) => makeTensor("dense", [node], { weight }))).toEqual(
      wanted,
    );
  }
});
