import { join } from "node:path";
import { closest } from "../../dsl/index.ts";
import { disk, manifestName } from "../../runtime/files/index.ts";
import { inFile, nowhere, quoteName, Rejected } from "../diagnostics/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { Job } from "./job.ts";

/** One compile section of a file: its name is that of its build folder when several are built. */
export interface Section {
  readonly name: string;
  readonly job: Job;
}

const networkOf = (job: Job): string => (job.kind === "exact" ? job.graph.name : job.network.name);

const targetsOf = ({ recipe }: Job): string => (recipe?.targets ?? []).map((t) => t.name).join("-");

/** Names that differ on disks that ignore case, too. */
const distinct = (names: readonly string[]): readonly string[] => {
  const taken = new Set<string>();
  return names.map((wanted) => {
    let name = wanted;
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${wanted}-${i}`;
    taken.add(name.toLowerCase());
    return name;
  });
};

/** Names the jobs of a file: by their networks; where one network is compiled several times, by its targets as well. */
export const sectionsOf = (jobs: readonly Job[]): readonly Section[] => {
  const networks = jobs.map((job) => job.recipe?.network ?? networkOf(job));
  const count = (name: string): number =>
    networks.filter((other) => other.toLowerCase() === name.toLowerCase()).length;
  const names = distinct(
    jobs.map((job, i) => {
      const network = networks[i] ?? "";
      return count(network) > 1 ? `${network}-${targetsOf(job)}` : network;
    }),
  );
  return jobs.map((job, i) => ({ name: names[i] ?? "", job }));
};

const isAsked = ({ name, job }: Section, asked: string): boolean =>
  name === asked || job.recipe?.network === asked;

/**
 * The sections asked for by their names, or by those of their networks; all when nothing is asked for. Throws Rejected
 * (`cli/unknown-recipe`) with every name that the file does not have.
 */
export const chosenSections = (
  path: string,
  sections: readonly Section[],
  asked: readonly string[] | undefined,
): readonly Section[] => {
  if (asked === undefined) return sections;
  const names = sections.map((s) => s.name);
  const unknown = asked.filter((name) => !sections.some((section) => isAsked(section, name)));
  if (unknown.length > 0)
    throw new Rejected(
      unknown.map((name) => {
        const near = closest(name, names);
        const remedy = near === null ? `use one of ${names.join(", ")}` : `did you mean ${near}?`;
        return cliDiagnostics.report("unknown-recipe", inFile(path), {
          name: quoteName(name),
          known: names.join(", "),
          remedy,
        });
      }),
    );
  return sections.filter((section) => asked.some((name) => isAsked(section, name)));
};

/** Throws Rejected with what this version does not build of the sections, and with choices that they leave open. */
export const refuseUnbuilt = (sections: readonly Section[]): void => {
  const refused = sections.flatMap(({ job }) => job.recipe?.refused ?? []);
  if (refused.length > 0) throw new Rejected(refused);
};

/** Names of builds in the folders of a folder that is no build itself. */
const buildsIn = (folder: string): readonly string[] => {
  const isFile = (path: string): boolean => disk.stateOf(path).kind === "file";
  if (disk.stateOf(folder).kind !== "folder" || isFile(join(folder, manifestName))) return [];
  return disk.list(folder).filter((name) => isFile(join(folder, name, manifestName)));
};

/** Throws Rejected (`cli/several-builds`) for a folder of builds where one build is needed. */
export const refuseSeveral = (folder: string): void => {
  const builds = buildsIn(folder);
  if (builds.length === 0) return;
  const paths = builds.map((name) => quoteName(join(folder, name)));
  throw new Rejected([
    cliDiagnostics.report("several-builds", inFile(folder), {
      count: builds.length,
      paths: paths.join(", "),
      first: paths[0] ?? "",
    }),
  ]);
};

/** Throws Rejected (`cli/output-is-build`) when sub folders would stand among the files of one build. */
export const refuseBuild = (folder: string, names: readonly string[]): void => {
  if (disk.stateOf(join(folder, manifestName)).kind !== "file") return;
  throw new Rejected([
    cliDiagnostics.report("output-is-build", nowhere, {
      folder: quoteName(folder),
      names: names.join(", "),
    }),
  ]);
};
