import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

// Whole trained models and recordings, from data that stands beside the repository: minutes, and skipped without it.
export default defineConfig({
  ...base,
  test: { ...base.test, include: ["test/**/*.models.ts"] },
});
