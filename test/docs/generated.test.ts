import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { parts } from "../../compiler/cli/catalogs.ts";
import { documents } from "../../compiler/cli/documents.ts";
import type { Catalog, Entry } from "../../compiler/diagnostics/index.ts";
import type { AnyPass } from "../../compiler/pass/index.ts";
import { expectFile, root } from "./golden.ts";

type AnyCatalog = Catalog<Readonly<Record<string, Entry>>>;

const isCatalog = (value: unknown): value is AnyCatalog =>
  typeof value === "object" && value !== null && "stage" in value && "entries" in value && "report" in value;

const sources = ["compiler", "dsl", "backends", "runtime"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
);

const exportsOf = async (pattern: RegExp): Promise<readonly unknown[]> => {
  const files = sources.filter((f) => pattern.test(f)).sort();
  const modules: readonly object[] = await Promise.all(files.map((f) => import(join(root, f))));
  return modules.flatMap((m) => Object.values(m));
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

test("docs/errors.md lists every diagnostic", async () => {
  const all = await exportsOf(/diagnostics[^/]*\.ts$|\/diagnostics\/[^/]+\.ts$|eliminate-max-pool\.ts$/);
  const catalogs = [...new Set(all.filter(isCatalog))];
  const explained = new Set(
    parts.flatMap((part) =>
      part.catalogs.map(({ stage, entries }) => `${stage} ${Object.keys(entries).join()}`),
    ),
  );
  const missing = catalogs.filter((c) => !explained.has(`${c.stage} ${Object.keys(c.entries).join()}`));
  expect(
    missing.map(({ stage }) => stage),
    "add these to compiler/cli/catalogs.ts, for spikefold explain",
  ).toEqual([]);
  const rows = catalogs.flatMap(({ stage, entries }) =>
    Object.entries(entries).map(([name, e]) => ({
      code: `${stage}/${name}`,
      line: `| \`${stage}/${name}\` | ${cell(e.what)} | ${cell(e.why)} | ${cell(e.fix)} |`,
    })),
  );
  rows.sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.filter((r, i) => rows.findIndex((s) => s.code === r.code) !== i)).toEqual([]);
  const text = [
    "# Errors",
    "",
    "Made from the catalogs in the source; `{...}` is filled in when an error is reported.",
    "",
    "| code | what | why | fix |",
    "|---|---|---|---|",
    ...rows.map((r) => r.line),
    "",
  ];
  expectFile("docs/errors.md", text.join("\n"));
});

test("docs/schema holds the JSON Schema of every document", () => {
  for (const [name, schema] of Object.entries(documents)) {
    expectFile(`docs/schema/${name}.json`, `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`);
  }
});

const isPass = (value: unknown): value is AnyPass =>
  typeof value === "object" &&
  value !== null &&
  "level" in value &&
  "contract" in value &&
  "summary" in value &&
  "idempotent" in value;

test("docs/passes.md lists every pass with its contract", async () => {
  const passes = (await exportsOf(/^compiler\/passes\/.*\.ts$/)).filter(isPass);
  const unique = [...new Set(passes)].sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(unique.length).toBeGreaterThanOrEqual(5);
  const rows = unique.map(
    (p) =>
      `| \`${p.name}\` | ${p.level} | ${p.contract.kind} | ${cell(p.summary)} | ${Object.keys(p.options).join(", ")} |`,
  );
  expectFile(
    "docs/passes.md",
    [
      "# Passes",
      "",
      "| pass | level | contract | what it does | options |",
      "|---|---|---|---|---|",
      ...rows,
      "",
    ].join("\n"),
  );
});
