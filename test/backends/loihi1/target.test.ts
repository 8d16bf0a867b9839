import { expect, test } from "vitest";
import { loihi1 } from "../../../backends/loihi1/index.ts";

const { target, cost } = loihi1;

test("every number of the target names its source", () => {
  const facts = [
    ...Object.values(target.capacity),
    ...Object.values(target.profiles).flatMap((p) => Object.values(p)),
    target.coresPerChip,
  ];
  expect(facts.filter((f) => f.source.length < 10)).toEqual([]);
  expect(facts.length).toBeGreaterThan(25);
});

test("lists cost what NxTF's encoder takes, entry by entry", () => {
  // One synapse of 8 + 6 bits: 10 + 14 = 24 bits. The 59th bit of a word opens another word.
  expect(cost.words(1, 1, 14)).toBe(1);
  expect(cost.words(0, 0, 14)).toBe(0);
  const words = (bits: number): number => Math.ceil(bits / 64) + (bits % 64 === 0 || bits % 64 >= 59 ? 1 : 0);
  for (let count = 1; count <= 300; count++) {
    for (const width of [14, 17, 18, 21]) {
      const entries = Math.ceil(count / 60);
      expect(cost.words(count, 1, width)).toBe(words(10 * entries + count * width));
    }
  }
});

test("a list in several formats never costs more than is charged", () => {
  for (let a = 1; a <= 130; a += 7)
    for (let b = 1; b <= 130; b += 11) {
      const entries = Math.ceil(a / 60) + Math.ceil(b / 60);
      const exact = Math.ceil((10 * entries + (a + b) * 18 + 6) / 64);
      expect(cost.words(a + b, 2, 18)).toBeGreaterThanOrEqual(exact);
      expect(cost.words(a + b, 2, 18)).toBeLessThanOrEqual(exact + 1);
    }
});

test("index bits grow with the slots, delay bits with the first delay", () => {
  expect([1, 64, 65, 128, 129, 256, 512, 513, 1024].map((slots) => cost.width(slots, 0))).toEqual([
    14, 14, 15, 15, 16, 16, 17, 18, 18,
  ]);
  expect([0, 1, 7, 8].map((delay) => cost.width(1, delay))).toEqual([14, 17, 17, 18]);
});

test("machines have whole chips of 8 x 4 tiles", () => {
  expect([1, 128, 129].map((cores) => target.topology(cores))).toEqual(
    [1, 1, 2].map((chips) => ({ kind: "mesh", size: [8, 4], coresPerRouter: 4, chips })),
  );
});
