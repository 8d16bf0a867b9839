import { expect, test } from "vitest";
import { randomFrom } from "../../../compiler/ir/core/index.ts";

test("gives the same numbers for the same seed, on every machine", () => {
  const { unit } = randomFrom(1);
  const drawn = Array.from({ length: 3 }, () => Math.floor(unit() * 2 ** 32));
  expect(drawn).toEqual([2527132011, 314344336, 2535364964]);
});

test("fills [0, 1) evenly", () => {
  const { unit, below } = randomFrom(42);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const cell = Math.floor(unit() * 10);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  const drawn = Array.from({ length: 100 }, () => below(3));
  expect([...new Set(drawn)].sort()).toEqual([0, 1, 2]);
});

test("near seeds give unlike streams", () => {
  const [a, b] = [randomFrom(1), randomFrom(2)].map(({ below }) =>
    Array.from({ length: 20 }, () => below(1000)),
  );
  expect(a).not.toEqual(b);
  expect(a?.slice(1)).not.toEqual(b?.slice(0, -1));
});
