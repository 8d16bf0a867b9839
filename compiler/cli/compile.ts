import { basename, join } from "node:path";
import { backendNames, loadBackends } from "./backends.ts";
import { compileExactJob } from "./compile-exact.ts";
import type { Finish, Named } from "./compile-job.ts";
import { compileNativeJob } from "./compile-native.ts";
import type { BuildsDocument } from "./documents.ts";
import type { Job } from "./job.ts";
import { openModel } from "./model.ts";
import type { CompileFlags } from "./plan.ts";
import { chosenSections, refuseBuild, refuseUnbuilt, type Section, sectionsOf } from "./sections.ts";
import { bold, printNotes, type Terminal, terminal } from "./terminal.ts";

const compileJob = (model: Named, job: Job, flags: CompileFlags, out: Terminal): Promise<Finish> =>
  job.kind === "exact" ? compileExactJob(model, job, flags, out) : compileNativeJob(model, job, flags, out);

/** Compiles every section before one is written, each into its own folder below the output. */
const compileSections = async (
  model: Named,
  sections: readonly Section[],
  flags: CompileFlags,
  out: Terminal,
): Promise<number> => {
  refuseBuild(
    flags.output,
    sections.map((s) => s.name),
  );
  const made: { readonly name: string; readonly folder: string; readonly finish: Finish }[] = [];
  for (const { name, job } of sections) {
    const folder = join(flags.output, name);
    const own: Terminal = { ...out, progress: (text) => out.progress(`${name}: ${text}`) };
    made.push({ name, folder, finish: await compileJob(model, job, { ...flags, output: folder }, own) });
  }
  const done = made.map(({ name, folder, finish }, i) => {
    out.line(`${i === 0 ? "" : "\n"}${bold(name)}`);
    return { name, folder, ...finish() };
  });
  const builds = done.map(({ name, folder, document }) => ({ name, folder, compile: document }));
  const document: BuildsDocument = { schema: "spikefold/builds@1", builds };
  out.document(document);
  return Math.max(...done.map(({ code }) => code));
};

/** `spikefold compile MODEL -o DIR`. Several compile sections are built in folders of their own below DIR. */
export const compileCommand = async (path: string, flags: CompileFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const all = await loadBackends(backendNames);
  const model = openModel(
    path,
    all.map((b) => b.target),
    flags,
  );
  printNotes(model.notes);
  const named = { name: basename(path), sha256: model.sha256 };
  const sections = chosenSections(path, sectionsOf(model.jobs), flags.recipe);
  refuseUnbuilt(sections);
  const [first, ...more] = sections;
  if (first === undefined || more.length > 0) return compileSections(named, sections, flags, out);
  const finish = await compileJob(named, first.job, flags, out);
  const { code, document } = finish();
  if (document !== null) out.document(document);
  return code;
};
