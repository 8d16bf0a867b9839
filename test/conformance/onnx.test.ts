import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repoFile } from "../shared-data.ts";
import { casesUnder } from "./cases.ts";
import { judge } from "./judge.ts";
import { knownDifferences } from "./known.ts";
import { documentOf, type Judged, passedIn, tableByTier } from "./table.ts";

const root = process.env.ONNX_BACKEND_TESTS ?? "";
if (root === "") throw new Error("ONNX_BACKEND_TESTS is not set: start this with npm run test:conformance");

const remedy = "run UPDATE_GOLDEN=1 npm run test:conformance";

const judged: Judged[] = [];

for (const one of casesUnder(root))
  test(one.folder, ({ skip }) => {
    // A loop without end cannot be stopped from here; the script that stops it reads which test it was.
    writeFileSync(join(root, "running"), one.folder);
    const outcome = judge(one);
    judged.push({ test: one, outcome });
    if (outcome.kind === "refused") skip(outcome.codes.join(", "));
    const known = knownDifferences.get(one.folder);
    if (outcome.kind === "failed" && known !== undefined) skip(known);
    expect(outcome).toEqual({ kind: "passed" });
  });

test("every test that docs/conformance.md lists as passed still passes", () => {
  const path = repoFile("docs/conformance.md");
  const text = documentOf(judged);
  console.log(tableByTier(judged));
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
  expect(existsSync(path), `docs/conformance.md is missing: ${remedy}`).toBe(true);
  const committed = readFileSync(path, "utf8");
  const passed = passedIn(text);
  expect(passedIn(committed).filter((name) => !passed.includes(name))).toEqual([]);
  if (committed !== text) console.log(`docs/conformance.md is out of date: ${remedy}`);
});
