import { expect, test } from "vitest";
import { once } from "../../../compiler/ir/core/index.ts";

test("a value is made when it is first asked for, and once", () => {
  let made = 0;
  const next = once(() => {
    made++;
    return null;
  });
  expect(made).toBe(0);
  expect([next(), next(), made]).toEqual([null, null, 1]);
});
