import { statSync } from "node:fs";
import { inFile, Rejected } from "../diagnostics/index.ts";
import {
  integerLevel,
  item,
  type Json,
  machine,
  network,
  print,
  printNetlist,
  tensorLevel,
} from "../ir/index.ts";
import { backendNames, loadBackends } from "./backends.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import { exitCodes } from "./exit.ts";
import { nativeJobText } from "./inspect-native.ts";
import type { Job } from "./job.ts";
import { openModel } from "./model.ts";
import type { NativeFlags } from "./native-plan.ts";
import { openProgram } from "./program.ts";
import { openBuild, targetIn } from "./subject.ts";
import { printNotes, terminal } from "./terminal.ts";

interface InspectFlags extends NativeFlags {
  /** By default the first that is there. */
  readonly level?: string;
  readonly target?: string;
  readonly layer?: string;
  readonly dim?: readonly string[];
  readonly rebatch?: boolean;
  readonly json?: boolean;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

interface Shown {
  readonly level: string;
  readonly text: string;
}

const noLevel = (file: string, level: string, known: readonly string[]): Rejected =>
  new Rejected([cliDiagnostics.report("level-not-built", inFile(file), { level, known: known.join(", ") })]);

/** Levels of a build; the first is shown by default. */
const buildLevels = {
  exact: ["tensor", "integer", "spiking", "machine"],
  native: ["spiking", "machine"],
} as const;

const buildText = (folder: string, { level: asked, target }: InspectFlags): Shown => {
  const build = openBuild(folder);
  const known: readonly string[] = buildLevels[build.kind];
  const level = asked ?? item(known, 0);
  if (!known.includes(level)) throw noLevel(folder, level, known);
  if (build.kind === "exact" && level === "tensor") return { level, text: print(tensorLevel, build.float) };
  if (build.kind === "exact" && level === "integer")
    return { level, text: print(integerLevel, build.integer) };
  const { lists: _, ...head } = openProgram(folder, targetIn(build, target).name);
  const text =
    level === "spiking"
      ? printNetlist("spiking", network, head.network)
      : printNetlist("machine", machine, head);
  return { level, text };
};

/** Levels of a network in a model; the first is shown by default. */
const modelLevels: Readonly<Record<Job["kind"], readonly string[]>> = {
  exact: ["tensor"],
  native: ["native", "spiking"],
};

/** The networks of a model that have the level asked for, or all as their file has them. */
const modelText = async (path: string, flags: InspectFlags): Promise<Shown> => {
  const all = await loadBackends(backendNames);
  const model = openModel(
    path,
    all.map((b) => b.target),
    flags,
  );
  printNotes(model.notes);
  const { level } = flags;
  const jobs = model.jobs.filter(({ kind }) => level === undefined || modelLevels[kind].includes(level));
  if (level !== undefined && jobs.length === 0)
    throw noLevel(path, level, [...new Set(model.jobs.flatMap(({ kind }) => modelLevels[kind]))]);
  const texts = jobs.map((job) =>
    job.kind === "exact" ? print(tensorLevel, job.graph) : nativeJobText(job, flags),
  );
  const usual = model.jobs.every((job) => job.kind === "native") ? "native" : "tensor";
  return { level: level ?? usual, text: texts.join("\n") };
};

/** `spikefold inspect MODEL|DIR`: the text form of a level. */
export const inspectCommand = async (path: string, flags: InspectFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const { level, text } = isFolder(path) ? buildText(path, flags) : await modelText(path, flags);
  const lines = text.split("\n");
  const { layer } = flags;
  const shown = layer === undefined ? lines : lines.filter((line) => line.includes(layer));
  const document: Json = { schema: "spikefold/inspect@1", level, text: shown };
  out.document(document);
  out.line(shown.join("\n"));
  return exitCodes.done;
};
