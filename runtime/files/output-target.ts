import { basename, dirname, join } from "node:path";
import { inFile, quoteName, Rejected } from "../../compiler/diagnostics/index.ts";
import { outputDiagnostics } from "./diagnostics.ts";
import { attempt, type FileSystem } from "./file-system.ts";
import { loadManifest, type Manifest, manifestName } from "./manifest.ts";

/** The hidden folders beside an output: where the new one grows, and where the old one waits. */
export const sideFolders = (
  parent: string,
  name: string,
  pid: number,
): { readonly fresh: string; readonly aside: string } => ({
  fresh: join(parent, `.${name}.tmp-${pid}`),
  aside: join(parent, `.${name}.old-${pid}`),
});

/** Process ids whose side folders of this kind are left behind. A process has none when it starts to publish. */
const leftBehind = (files: FileSystem, names: readonly string[], prefix: string): readonly number[] =>
  names
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d{0,9}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .filter((pid) => pid === process.pid || !files.isAlive(pid));

/** Cleans up after runs that were killed: puts back an old output that was not replaced, removes the rest. */
export const recover = (files: FileSystem, target: string): void =>
  attempt(() => {
    const parent = dirname(target);
    const name = basename(target);
    const names = files.list(parent);
    for (const pid of leftBehind(files, names, `.${name}.old-`)) {
      const { aside } = sideFolders(parent, name, pid);
      if (files.stateOf(target).kind === "missing") files.rename(aside, target);
      else files.removeTree(aside);
    }
    for (const pid of leftBehind(files, names, `.${name}.tmp-`))
      files.removeTree(sideFolders(parent, name, pid).fresh);
  });

/** Paths of everything in a folder that is not a folder, relative, with `/`. */
const filesIn = (files: FileSystem, folder: string, prefix = ""): readonly string[] =>
  files.list(folder).flatMap((name) => {
    const path = join(folder, name);
    return files.stateOf(path).kind === "folder"
      ? filesIn(files, path, `${prefix}${name}/`)
      : [`${prefix}${name}`];
  });

const notOurs = (shown: string, reason: string): Rejected =>
  new Rejected([outputDiagnostics.report("not-ours", inFile(shown), { reason })]);

const manifestOf = (files: FileSystem, target: string, shown: string): Manifest => {
  try {
    return loadManifest(target, files);
  } catch (error) {
    if (
      !(error instanceof Rejected) ||
      error.diagnostics.some(({ code }) => code === "output/manifest-version")
    )
      throw error;
    throw notOurs(shown, error.diagnostics.map(({ why }) => why).join("; "));
  }
};

/**
 * True when the target is an output of ours that may be replaced, false when there is nothing. Throws Rejected:
 * `output/not-ours`, `output/strangers` for files that the manifest does not list, `output/manifest-version`.
 */
export const checkTarget = (files: FileSystem, target: string, shown: string): boolean => {
  const { kind } = files.stateOf(target);
  if (kind === "missing") return false;
  if (kind !== "folder")
    throw notOurs(shown, kind === "file" ? "it is a file" : "it is a link or a device, not a folder");
  const manifest = manifestOf(files, target, shown);
  const ours = new Set([manifestName, ...manifest.files.map(({ path }) => path)]);
  const strangers = filesIn(files, target).filter((path) => !ours.has(path));
  if (strangers.length === 0) return true;
  const names = strangers.slice(0, 3).map(quoteName).join(", ");
  throw new Rejected([
    outputDiagnostics.report("strangers", inFile(shown), { count: strangers.length, names }),
  ]);
};
