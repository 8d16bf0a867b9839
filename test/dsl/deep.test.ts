import { expect, test } from "vitest";
import { checkSpk } from "../../dsl/index.ts";
import { codes, memory } from "./support.ts";

const network = (stages: string): string => `network n(x: [4]) -> y: [4] {\n  y = x -> ${stages}\n}\n`;

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join("");

const block = (name: string, stages: string): string =>
  `block ${name}(x: [n]) -> y: [n] {\n  y = x -> ${stages}\n}\n`;

const inside = (count: number): string =>
  block("b0", "relu") + lines(count, (i) => block(`b${i + 1}`, `b${i}`)) + network(`b${count}`);

test("blocks stand fifty deep inside each other", () => {
  expect(codes(inside(50))).toEqual([]);
});

test("blocks that stand two thousand deep inside each other are refused", () => {
  expect(codes(inside(2000))).toEqual(["loop/deep"]);
});

test("as many loops as brackets allow stand inside each other, in blocks inside of blocks", () => {
  const loops = `${"repeat 1 { ".repeat(60)}relu${" }".repeat(60)}`;
  expect(codes(network(loops))).toEqual([]);
  const blocks = block("b0", "relu") + lines(60, (i) => block(`b${i + 1}`, loops.replace("relu", `b${i}`)));
  expect(codes(blocks + network("b60"))).toEqual(["loop/deep"]);
});

test("a name of a name of a layer, ten thousand long, is that layer", () => {
  const names = `a0 = relu\n${lines(10_000, (i) => `a${i + 1} = a${i}()\n`)}`;
  expect(codes(names + network("a10000"))).toEqual([]);
});

test("a shared stage of a shared stage, two thousand long, is refused", () => {
  const shared = `shared s0 = relu\n${lines(2000, (i) => `  shared s${i + 1} = s${i}\n`)}`;
  const text = `network n(x: [4]) -> y: [4] {\n  ${shared}  y = x -> s2000\n}\n`;
  expect(codes(text)).toEqual(["loop/deep"]);
});

test("networks that stand as stages two thousand deep are refused", () => {
  const text = lines(2000, (i) => `network n${i}(x: [4]) -> y: [4] {\n  y = x -> n${i + 1}\n}\n`);
  expect(codes(`${text}network n2000(x: [4]) -> y: [4] {\n  y = x -> relu\n}\n`)).toContain("loop/deep");
});

test("reading ends behind a thousand faults, and says so", () => {
  const text = lines(30_000, (i) => `a${i} = b\n`);
  const found = checkSpk("a.spk", text, memory());
  expect(found).toHaveLength(101);
  expect(found.at(-1)?.what).toBe("the last 900 or more faults are not shown");
});
