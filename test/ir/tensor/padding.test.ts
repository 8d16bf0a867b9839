import { expect, test } from "vitest";
import { paddedPositions } from "../../../compiler/ir/tensor/index.ts";

test("pads read the constant, the edge, the mirror image or the other end", () => {
  expect(paddedPositions(3, [2, 1], "constant")).toEqual([-1, -1, 0, 1, 2, -1]);
  expect(paddedPositions(3, [2, 1], "edge")).toEqual([0, 0, 0, 1, 2, 2]);
  expect(paddedPositions(3, [2, 1], "reflect")).toEqual([2, 1, 0, 1, 2, 1]);
  expect(paddedPositions(3, [2, 1], "wrap")).toEqual([1, 2, 0, 1, 2, 0]);
});

test("a negative pad cuts before the other side is filled", () => {
  expect(paddedPositions(4, [-1, 2], "wrap")).toEqual([1, 2, 3, 1, 2]);
  expect(paddedPositions(4, [-1, 2], "edge")).toEqual([1, 2, 3, 3, 3]);
  expect(paddedPositions(4, [-1, -1], "constant")).toEqual([1, 2]);
});
