import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatSpk } from "../../../dsl/format/index.ts";
import { repoFile } from "../../shared-data.ts";
import { randomNetwork } from "../random-network.ts";
import { graphOf, printed } from "../support.ts";
import { commentsOf, treeOf } from "./meaning.ts";
import { randomText } from "./random-text.ts";

const folder = repoFile("test/fixtures/dsl/tour");

const programs = readdirSync(folder)
  .sort()
  .map((name) => readFileSync(join(folder, name), "utf8"));

const format = (text: string): string => formatSpk("a.spk", text);

test("the programs of the tour are in the one style", () => {
  for (const text of programs) expect(format(text)).toBe(text);
});

const code = /"(?:[^"\\\n]|\\.)*"|#[^\n]*|[^\S\n]+|\n|[^\s"#]+/g;

const blanks = ["", "  ", " \t", "    "];

/** The same program spelled otherwise: `choices` pick blanks, empty lines and comments at line ends. */
const respelled = (text: string, choices: readonly number[]): string => {
  let drawn = 0;
  const choose = (count: number): number => (choices[drawn++ % choices.length] ?? 0) % count;
  let open = 0;
  const parts = text.match(code) ?? [];
  return parts
    .map((part) => {
      if (part === "\n") {
        const comment = open === 0 && choose(6) === 0 ? "  # told" : "";
        return `${comment}${blanks[choose(blanks.length)] ?? ""}\n${choose(8) === 0 ? "\n" : ""}`;
      }
      if (/^\s/.test(part)) return part + (blanks[choose(blanks.length)] ?? "");
      open += (part.match(/[([]/g) ?? []).length - (part.match(/[)\]]/g) ?? []).length;
      return part;
    })
    .join("");
};

const spellings = fc
  .tuple(fc.constantFrom(...programs), fc.array(fc.nat(1000), { minLength: 8, maxLength: 40 }))
  .map(([text, choices]) => ({ text, spelled: respelled(text, choices) }));

const runs = { numRuns: 80, seed: 4 };

test("formatting keeps the program and its comments, and changes nothing a second time", () => {
  fc.assert(
    fc.property(spellings, ({ text, spelled }) => {
      const once = format(spelled);
      expect(treeOf(once)).toEqual(treeOf(text));
      expect(commentsOf(once)).toEqual(commentsOf(spelled));
      expect(format(once)).toBe(once);
      expect(once).not.toMatch(/[ \t\r]\n|\n\n\n|^\n|\n\n$/);
    }),
    runs,
  );
});

test("a text that can be read keeps its program and its comments, and is printed the same a second time", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), (seed) => {
      const text = randomText(seed);
      const once = format(text);
      expect(treeOf(once)).toEqual(treeOf(text));
      expect(commentsOf(once)).toEqual(commentsOf(text));
      expect(format(once)).toBe(once);
      expect(once).not.toMatch(/[ \t\r]\n|\n\n\n|^\n|\n\n$/);
    }),
    { numRuns: Number(process.env.SPIKEFOLD_RUNS ?? 80), seed: 5 },
  );
});

test("a formatted network is the same network", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), (seed) => {
      const text = randomNetwork(seed);
      expect(printed(graphOf(format(text)))).toEqual(printed(graphOf(text)));
    }),
    { numRuns: 30, seed: 6 },
  );
});

test("a stage that is called like its value loses that name, and a text that is wrong is refused", () => {
  const named = "network n(x: [4]) -> y: [4] {\n  weights zeros\n  a = x -> relu as a\n  y = a -> tanh\n}\n";
  expect(format(named)).toBe(named.replace(" as a", ""));
  expect(() => format("network n(\n")).toThrow();
});
