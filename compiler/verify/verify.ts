/**
 * Checks a build folder without a line of the compiler: hashes, then for every target that the synapse lists on its cores
 * are what the integer network says (in a native build: what the projections of its network say), by random vectors modulo a prime; that every lane has its threshold, every spike
 * arrives at its step, and no sum can leave the chip's registers. `node:` modules only.
 */
import { openCase } from "./case.ts";
import { checkLists } from "./lists.ts";
import { checkNative } from "./native.ts";
import { demand, type Fields, type Folder, fieldsOf, listOf, openFolder, textOf } from "./read.ts";
import type { Obligation, Report, Verdict } from "./report.ts";
import { checkRewrite } from "./rewrite.ts";

const checkHashes = (folder: Folder, report: Report): Fields => {
  const manifest = folder.json("manifest.json", "spikefold/manifest@1");
  const files = listOf(manifest.files, "files").map((f) => fieldsOf(f, "a file"));
  for (const { path, sha256 } of files)
    demand(folder.hash(textOf(path, "path")) === sha256, `${String(path)} is not the file of the manifest`);
  const certificate = folder.json("certificate.json", "spikefold/certificate@1");
  const named = [
    certificate,
    ...listOf(certificate.targets, "targets").map((t) => fieldsOf(t, "a target")),
  ].flatMap((o) => listOf(o.files, "files"));
  for (const value of named) {
    const { path, sha256 } = fieldsOf(value, "a file");
    demand(
      folder.hash(textOf(path, "path")) === sha256,
      `${String(path)} is not the file of the certificate`,
    );
  }
  report("hashes", null, `${files.length} files of the manifest, ${named.length} of the certificate`);
  return certificate;
};

/** Checks a build folder. Never throws for what is wrong with it: the first failure is in the verdict. */
export const verifyFolder = (root: string): Verdict => {
  const obligations: Obligation[] = [];
  const report: Report = (id, layer, evidence, status = "checked") =>
    obligations.push({ id, layer, status, evidence });
  try {
    const folder = openFolder(root);
    const certificate = checkHashes(folder, report);
    for (const value of listOf(certificate.targets, "targets")) {
      const target = fieldsOf(value, "a target");
      const name = textOf(target.name, "name");
      if (target.mode === "native") {
        checkNative(folder, target, report);
        continue;
      }
      const seed = folder.hash(`${name}/program.bin`);
      const c = openCase(folder, target);
      checkLists(c, name, seed, report);
      checkRewrite(folder, c, target, folder.hash(`${name}/integer.json`), report);
    }
    return { accepted: true, obligations, firstFailure: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { accepted: false, obligations, firstFailure: error.message };
  }
};
