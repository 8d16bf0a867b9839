import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Artifact } from "../../../compiler/target/index.ts";
import { repoFile } from "../../shared-data.ts";

/** What a child process said. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** A folder in which `spikefold` is installed, as `npm install` leaves it, and nothing else. */
export interface Installed {
  readonly folder: string;
  readonly write: (folder: string, artifacts: readonly Artifact[]) => string;
  readonly tsc: (folder: string, ...flags: readonly string[]) => Said;
  /** Checks programs in one go, with the settings of the first. */
  readonly tscAll: (folders: readonly string[]) => Said;
  readonly node: (folder: string, args: readonly string[], input?: string) => Said;
  readonly remove: () => void;
}

const start = (command: string, args: readonly string[], cwd: string, input = ""): Said => {
  const child = spawnSync(command, args, { cwd, input, encoding: "utf8", maxBuffer: 2 ** 28 });
  return { code: child.status, out: child.stdout, errors: child.stderr };
};

const tsc = repoFile("node_modules/typescript/bin/tsc");

/** Compiles the runtime as the package build does: JavaScript and declarations. */
const compileRuntime = (into: string): void => {
  const settings = {
    extends: repoFile("tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rootDir: repoFile(""),
      outDir: join(into, "dist"),
      typeRoots: [repoFile("node_modules/@types")],
    },
    files: [repoFile("runtime/index.ts")],
    include: [],
  };
  writeFileSync(join(into, "tsconfig.json"), JSON.stringify(settings));
  const said = start(process.execPath, [tsc, "-p", into], into);
  if (said.code !== 0) throw new Error(`the runtime does not compile: ${said.out}`);
  writeFileSync(join(into, "package.json"), readFileSync(repoFile("package.json")));
};

export const installed = (): Installed => {
  const folder = mkdtempSync(join(tmpdir(), "spikefold-simulator-"));
  const module = join(folder, "node_modules", "spikefold");
  mkdirSync(module, { recursive: true });
  compileRuntime(module);
  return {
    folder,
    write: (name, artifacts) => {
      for (const { path, bytes } of artifacts) {
        const file = join(folder, name, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, Buffer.concat([...bytes()]));
      }
      return join(folder, name);
    },
    tsc: (project, ...flags) => start(process.execPath, [tsc, "-p", project, ...flags], folder),
    tscAll: (folders) => {
      const settings = {
        extends: `./${folders[0]}/tsconfig.json`,
        files: folders.map((f) => `${f}/network.ts`),
      };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
      return start(process.execPath, [tsc, "-p", folder], folder);
    },
    node: (cwd, args, input) => start(process.execPath, args, cwd, input),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
