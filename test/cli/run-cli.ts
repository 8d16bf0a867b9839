import { spawnSync } from "node:child_process";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** Runs the built command line, as a user does. */
export const cli = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = root,
): Ran => {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "dist/compiler/cli/main.js"), ...args],
    {
      cwd,
      encoding: "utf8",
      env: { ...process.env, ...env },
      maxBuffer: 1 << 28,
    },
  );
  return { code: status, stdout, stderr, milliseconds: performance.now() - started };
};
