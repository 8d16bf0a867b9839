import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";

/** The root of the repository. */
export const root = join(import.meta.dirname, "../..");

/** True when files are written instead of compared. */
export const update = process.env.UPDATE_GOLDEN === "1";

/** Compares a generated file with the committed one; UPDATE_GOLDEN=1 writes it. A missing file is a failure. */
export const expectFile = (path: string, text: string): void => {
  const full = join(root, path);
  if (update) {
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }
  expect(existsSync(full), `${path} is missing: run UPDATE_GOLDEN=1 npx vitest run test/docs`).toBe(true);
  expect(readFileSync(full, "utf8")).toBe(text);
};
