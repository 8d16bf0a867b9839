import { expect, test } from "vitest";
import { explained } from "../../compiler/cli/catalogs.ts";
import { explainDocument } from "../../compiler/cli/documents.ts";
import { explainCommand } from "../../compiler/cli/explain.ts";
import { exampleFor } from "../../compiler/cli/explain-example.ts";
import { programs } from "../../compiler/cli/explain-programs.ts";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import { captured } from "./captured.ts";

const explain = (code: string | undefined, json = false) => captured(() => explainCommand(code, { json }));

const fixFor = async (code: string): Promise<string> => {
  const error = await explainCommand(code, {}).catch((e: unknown) => e);
  if (!(error instanceof Rejected)) throw new Error(`${code} is explained`);
  expect(error.diagnostics.map((d) => d.code)).toEqual(["cli/unknown-code"]);
  return error.diagnostics[0]?.fix ?? "";
};

test("explains every code with its parts and its stage", async () => {
  for (const { code, entry } of explained) {
    const { stdout } = await explain(code);
    expect(stdout).toContain(`${code}  `);
    expect(stdout).toContain(`${entry.severity}, while `);
    expect(stdout).toContain(entry.fix.replace(/\{(\w+)\}/g, "<$1>"));
    expect(stdout.split("A program with")[0]).not.toMatch(/\{\w+\}/);
  }
});

test("shows a message of the kind and what is filled in", async () => {
  const { code, stdout } = await explain("quantize/coarse-weights");
  expect(code).toBe(0);
  expect(stdout).toContain("warning[quantize/coarse-weights]: the weights keep only <bits> of <wanted> bits");
  expect(stdout).toContain("what stands in <> is filled in: bits, wanted, limit");
  expect(stdout).toContain("the command goes on");
});

test("every example meets the message that it is for, and none other", () => {
  for (const code of Object.keys(programs)) {
    const example = exampleFor(code);
    expect(example?.said.code, code).toBe(code);
    expect(explained.some((e) => e.code === code)).toBe(true);
  }
});

test("shows a program with the fault, and what is said about it", async () => {
  const { stdout } = await explain("shape/rank");
  expect(stdout).toContain("    y = x -> max_pool(2x2)\n");
  expect(stdout).toContain(
    "error[shape/rank]: a 2x2 max_pool needs [channels, height, width], its input is [4]",
  );
});

test("takes a code as it stands in a message", async () => {
  expect((await explain("error[shape/rank]")).stdout).toBe((await explain("shape/rank")).stdout);
});

test("lists the codes of a stage, and all of them", async () => {
  const { stdout } = await explain("shape/");
  expect((await explain("shape")).stdout).toBe(stdout);
  const rows = stdout.trim().split("\n").slice(2);
  expect(rows.length).toBe(explained.filter(({ code }) => code.startsWith("shape/")).length);
  expect(rows.every((row) => row.startsWith("shape/"))).toBe(true);
  expect((await explain(undefined)).stdout.trim().split("\n").length).toBe(explained.length + 2);
});

test("meets an unknown code with the nearest ones", async () => {
  expect(await fixFor("shape/rnak")).toBe("did you mean shape/rank?");
  expect(await fixFor("layout/rank")).toBe("did you mean shape/rank?");
  expect(await fixFor("syntx")).toBe("did you mean syntax/?");
  expect(await fixFor("nothing/like-this")).toMatch(/lists the codes of a stage: .*shape\//);
});

test("gives the texts in a document of the schema", async () => {
  const { stdout } = await explain("onnx/unsupported-op", true);
  const [one, ...more] = explainDocument.parse(JSON.parse(stdout)).codes;
  expect(more).toEqual([]);
  expect(one).toMatchObject({
    code: "onnx/unsupported-op",
    holes: ["op", "count", "nodes", "supported"],
    during: "reading an ONNX model",
  });
});
