import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { named, renderAll } from "../../compiler/diagnostics/index.ts";
import { makeTensor } from "../../compiler/ir/tensor/index.ts";
import * as diagnostics from "../../dsl/diagnostics/index.ts";
import { initWords } from "../../dsl/elaborate/initial.ts";
import { layerNamed, layerWords } from "../../dsl/elaborate/layers/table.ts";
import { optionTypes } from "../../dsl/elaborate/option-types.ts";
import { dimensions, unitsOf } from "../../dsl/elaborate/units.ts";
import { checkSpk } from "../../dsl/index.ts";
import { keywords } from "../../dsl/layout/token.ts";
import { libraryNames } from "../../dsl/library/index.ts";
import { repoFile } from "../shared-data.ts";
import { memory } from "./support.ts";

const page = readFileSync(repoFile("docs/language.md"), "utf8");

interface Block {
  readonly kind: string;
  readonly text: string;
}

const blocks: readonly Block[] = [...page.matchAll(/^```(\w+(?: \w+)?)\n([\s\S]*?)^```$/gm)].map(
  ([, kind = "", text = ""]) => ({ kind, text }),
);

const programs = blocks.filter(({ kind }) => kind === "spk");

const input = makeTensor("input", [], { name: "mfcc", shape: [1, 49, 10] }, [named("mfcc")]);

const model = { name: "kws", inputs: [input], outputs: [{ name: "mfcc", value: input }] };

const host = memory({
  texts: { "mnist.spk": programs[0]?.text ?? "" },
  models: { "kws_dscnn.onnx": model },
});

test("the page has examples", () => {
  expect(programs.length).toBeGreaterThan(5);
});

for (const [index, { text }] of programs.entries()) {
  test(`example ${index + 1} of the language page has no fault: ${text.split("\n").find((line) => !line.startsWith("#"))}`, () => {
    expect(renderAll(checkSpk("network.spk", text, host))).toBe("");
  });
}

blocks.forEach(({ kind, text }, at) => {
  if (kind !== "spk fault") return;
  test(`the faulty example says what the page says: ${text.split("\n")[0]}`, () => {
    const said = renderAll(checkSpk("network.spk", text, host));
    expect(`${said}\n`).toBe(blocks[at + 1]?.text);
  });
});

const spans = [...page.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);

const words = new Set(
  [...spans, ...programs.map(({ text }) => text)].flatMap((code) => code.match(/[\w.]*\w/g) ?? []),
);

test.each([
  ["layer", layerWords],
  ["block of the library", libraryNames],
  ["word with a meaning of its own", [...keywords]],
  ["init", initWords],
  ["type of an option", optionTypes],
  ["unit", dimensions.flatMap(unitsOf).filter((unit) => unit !== "%")],
  ["family of messages", [...new Set(Object.values(diagnostics).map(({ stage }) => stage))]],
])("every %s stands on the page", (_, all) => {
  expect(all.filter((word) => !words.has(word))).toEqual([]);
});

test("every option of a layer stands on the page", () => {
  const missing = layerWords.flatMap((word) => {
    const { positional = [], named: others = [] } = layerNamed(word)?.signature ?? {};
    return [...positional, ...others].filter((name) => !words.has(name)).map((name) => `${word}(${name})`);
  });
  expect(missing).toEqual([]);
});
