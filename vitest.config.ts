import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/interop/**", "test/conformance/**"],
    testTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    // Modules hold no state but caches by object, so files of one worker share them: imports cost a fifth.
    isolate: false,
  },
});
