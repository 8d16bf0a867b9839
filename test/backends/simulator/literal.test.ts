import fc from "fast-check";
import { expect, test } from "vitest";
import { code, literal, quoted, type Spelling } from "../../../backends/simulator/literal.ts";
import { integers } from "../../../compiler/ir/index.ts";

const spelling: Spelling = {
  weight: (w) => `w.${w.name}`,
  numbers: (list) => `many(${list.length})`,
};

const say = (value: unknown): string => literal(value, spelling);

test("any name becomes printable ASCII that reads back as the same name", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.string({
        unit: fc.constantFrom('"', "\\", "`", "$", "{", "*", "/", "\n", "\u2028", "\ud800", "\u001b"),
      }),
      (a, b) => {
        for (const name of [a, b, a + b]) {
          expect(quoted(name)).toMatch(/^"[\u0020-\u007e]*"$/);
          expect(JSON.parse(quoted(name))).toBe(name);
        }
      },
    ),
  );
});

test("a kind comes first and the other fields follow by name", () => {
  expect(say({ to: [2], from: [1, 2], kind: "view", start: 0 })).toBe(
    '{ kind: "view", from: [1, 2], start: 0, to: [2] }',
  );
});

test("numbers read back as the same doubles", () => {
  expect(say([-0, 0.1, Infinity, -Infinity, 1e21, 2 ** -1074])).toBe(
    "[-0, 0.1, Infinity, -Infinity, 1e+21, 5e-324]",
  );
});

test("a list of more than 64 numbers stays out of the code", () => {
  expect(say(Array.from({ length: 64 }, () => 7))).toBe(`[${"7, ".repeat(63)}7]`);
  expect(say(Array.from({ length: 65 }, () => 7))).toBe("many(65)");
});

test("weights, expressions and nothing have their own spelling", () => {
  const weight = integers("theta", [1], Float64Array.of(3));
  expect(say({ bias: weight, none: null, part: code("p0"), p1: code("p1") })).toBe(
    "{ bias: w.theta, none: null, p1, part: p0 }",
  );
});

test("what no literal can say is refused", () => {
  expect(() => say({ call: () => 1 })).toThrow("a function cannot be written as code");
});
