import { basename, join } from "node:path";
import { Rejected } from "../diagnostics/index.ts";
import { backendNames, loadBackends } from "./backends.ts";
import { compileExactJob } from "./compile-exact.ts";
import type { Finish, Named } from "./compile-job.ts";
import { compileNativeJob } from "./compile-native.ts";
import type { BuildsDocument } from "./documents.ts";
import type { Job } from "./job.ts";
import { openModel } from "./model.ts";
import type { CompileFlags } from "./plan.ts";
import { chosenSections, refuseBuild, type Section, sectionsOf } from "./sections.ts";
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
  const finishes: Finish[] = [];
  for (const { name, job } of sections) {
    const own: Terminal = { ...out, progress: (text) => out.progress(`${name}: ${text}`) };
    finishes.push(await compileJob(model, job, { ...flags, output: join(flags.output, name) }, own));
  }
  const done = finishes.map((finish, i) => {
    out.line(`${i === 0 ? "" : "\n"}${bold(sections[i]?.name ?? "")}`);
    return finish();
  });
  const builds = sections.map(({ name }, i) => ({
    name,
    folder: join(flags.output, name),
    compile: done[i]?.document ?? null,
  }));
  const document: BuildsDocument = { schema: "spikefold/builds@1", builds };
  out.document(document);
  return Math.max(...done.map(({ code }) => code));
};

/** Throws Rejected with what this version does not build of the sections, and with choices that they leave open. */
const refuseUnbuilt = (sections: readonly Section[]): void => {
  const refused = sections.flatMap(({ job }) => job.recipe?.refused ?? []);
  if (refused.length > 0) throw new Rejected(refused);
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
