import { expect, test } from "vitest";
import { print, tensorLevel } from "../../compiler/ir/index.ts";
import { elaborateSpk } from "../../dsl/index.ts";
import { faultsOf, memory } from "./support.ts";

/** Code, line and column of every fault. */
const found = (text: string): readonly string[] =>
  faultsOf(text).map(({ code, where: { line, column } }) => `${code} ${line}:${column}`);

const program = (layers: string, start = ""): string =>
  `${start}network n(x: [4]) -> y: [2] {\n  weights kaiming(seed: 1)\n  y = x -> ${layers}\n}\n`;

const plain = program("dense(2)");

/** The networks, without the places in the text that they come from. */
const meaning = (text: string): readonly string[] =>
  elaborateSpk("a.spk", text, memory()).networks.map((n) =>
    n.kind === "tensor" ? print(tensorLevel, n.graph).replaceAll(/ in "a.spk" \d+ \d+/g, "") : n.name,
  );

test("a byte order mark and Windows line ends change nothing", () => {
  expect(meaning(`\ufeff${plain}`)).toEqual(meaning(plain));
  expect(meaning(plain.replaceAll("\n", "\r\n"))).toEqual(meaning(plain));
});

test("hidden and look-alike characters are refused where they stand", () => {
  expect(found(plain.replace("dense", "de\0nse"))).toEqual(["syntax/hidden 3:14"]);
  expect(found(plain.replace("dense", "\u202edense"))).toEqual(["syntax/hidden 3:12"]);
  expect(found(plain.replace("dense", "d\u0435nse"))).toEqual(["syntax/character 3:13"]);
});

test("numbers that are none are refused, and minus zero is zero", () => {
  expect(found(program("dense(2)", "w = 1e999\n"))).toEqual(["syntax/number 1:5"]);
  expect(found(program("dense(2)", "w = 0x1p3\n"))).toEqual(["unit/unknown 1:6"]);
  expect(meaning(program("scale(1 + w) -> dense(2)", "w = -0\n"))).toEqual(
    meaning(program("scale(1 + w) -> dense(2)", "w = 0\n")),
  );
});

test("nests, loops and blocks without end are refused before they are built", () => {
  expect(found(program("dense(2)", `w = ${"(".repeat(1e4)}1${")".repeat(1e4)}\n`))).toEqual([
    "syntax/depth 1:69",
  ]);
  expect(found(program("repeat 100000000 { dense(4) } -> dense(2)"))).toEqual(["loop/times 3:19"]);
  // 60,000 rounds of a round and a layer each are more than the 100,000 that may be built.
  expect(found(program("repeat 60000 { dense(4) } -> dense(2)"))).toEqual(["loop/stages 3:12"]);
  const each = "block a(x: [n]) -> y { y = x -> b }\nblock b(x: [n]) -> y { y = x -> a }\n";
  expect(found(program("a -> dense(2)", each))).toEqual(["loop/circular 2:33"]);
});
