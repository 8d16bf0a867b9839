import { expect, test } from "vitest";
import { push } from "../../../compiler/ir/core/index.ts";

test("values of a key stand in the order in which they came", () => {
  const lists = new Map<string, number[]>();
  push(lists, "a", 1);
  push(lists, "b", 2);
  push(lists, "a", 3);
  expect([...lists]).toEqual([
    ["a", [1, 3]],
    ["b", [2]],
  ]);
});
