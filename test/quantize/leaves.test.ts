import { expect, test } from "vitest";
import { randomFrom } from "../../compiler/ir/core/index.ts";
import { item, sha256 } from "../../compiler/ir/index.ts";
import { deadLeaves, frameOf, leavesFor } from "../../compiler/quantize/leaves.ts";
import { tensorOf } from "./support.ts";

const image = tensorOf(
  `x = input(name="x", shape=[1, 28, 28]) : f32(shape=[1, 28, 28]) @ "x"`,
  `r = unary(x, fn=relu) : f32(shape=[1, 28, 28]) @ "r"`,
  `output "y" = r`,
);

const sampleOf = (index: number, seed = 0, top = 1): Float64Array => {
  const numbers = leavesFor(image, 16, seed, top).sample(index).inputs.get("x");
  if (numbers === undefined) throw new Error("no input x");
  return numbers.data;
};

test("takes shapes for images", () => {
  expect(frameOf([3, 8, 9])).toEqual([3, 8, 9]);
  expect(frameOf([8, 9])).toEqual([1, 8, 9]);
  expect(frameOf([784])).toEqual([1, 28, 28]);
  expect(frameOf([3072])).toEqual([3, 32, 32]);
  expect(frameOf([10])).toEqual([1, 1, 10]);
});

test("an image depends on seed and index, and on nothing else", () => {
  expect(sampleOf(3)).toEqual(sampleOf(3));
  expect(sampleOf(3)).not.toEqual(sampleOf(4));
  expect(sampleOf(3)).not.toEqual(sampleOf(3, 1));
  expect(sha256(Uint8Array.from(sampleOf(3), (x) => Math.round(x * 255)))).toBe(
    "22f32c1e5e78d7de3fe020d8d94273fe15b614de9433d53264ea303f80e28124",
  );
});

test("images are objects on black, from 0 to the brightest value", () => {
  const all = Array.from({ length: 50 }, (_, i) => sampleOf(i, 0, 255));
  for (const data of all) expect(data.every((x) => x >= 0 && x <= 255)).toBe(true);
  const values = all.flatMap((data) => [...data]);
  const black = values.filter((x) => x === 0).length / values.length;
  expect(black).toBeGreaterThan(0.2);
  expect(black).toBeLessThan(0.8);
  expect(Math.max(...values.slice(0, 10_000))).toBeGreaterThan(200);
});

test("colour channels show the same leaves in other shades", () => {
  const data = deadLeaves([3, 16, 16], randomFrom(5));
  const lit = (c: number): readonly boolean[] =>
    Array.from({ length: 256 }, (_, i) => item(data, c * 256 + i) > 0);
  expect(data.length).toBe(768);
  const same = lit(0).filter((on, i) => on === lit(1)[i]).length;
  expect(same).toBeGreaterThan(240);
  expect(data.slice(0, 256)).not.toEqual(data.slice(256, 512));
});
