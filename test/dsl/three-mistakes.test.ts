import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { repoFile } from "../shared-data.ts";
import { messages } from "./support.ts";

test("three mistakes are reported in one run, each where it is and with what to type", () => {
  const text = readFileSync(repoFile("test/fixtures/dsl/three-mistakes.spk"), "utf8");
  expect(`${messages(text, "three-mistakes.spk")}\n`).toBe(
    readFileSync(repoFile("test/fixtures/dsl/three-mistakes.txt"), "utf8"),
  );
});
