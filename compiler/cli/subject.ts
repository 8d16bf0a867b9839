import { readManifest } from "../../runtime/files/index.ts";
import { inFile, Rejected } from "../diagnostics/index.ts";
import type { LoadedBuild, LoadedTarget } from "../pipeline/index.ts";
import { loadBuild } from "../pipeline/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import { refuseSeveral } from "./sections.ts";

/** Opens a build folder: the manifest first, hashes and all. Throws Rejected when it is no whole build of ours. */
export const openBuild = (folder: string): LoadedBuild => {
  refuseSeveral(folder);
  readManifest(folder, true);
  return loadBuild(folder);
};

/** The target asked for, or the first. */
export const targetIn = (build: LoadedBuild, name: string | undefined): LoadedTarget => {
  const found = name === undefined ? build.targets[0] : build.targets.find((t) => t.name === name);
  if (found !== undefined) return found;
  const known = build.targets.map((t) => t.name).join(", ");
  throw new Rejected([
    cliDiagnostics.report("target-not-built", inFile(build.folder), { name: name ?? "", known }),
  ]);
};
