import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { nowhere, Rejected } from "../diagnostics/index.ts";
import { integerLevel, type Json, machine, network, print, printNetlist, tensorLevel } from "../ir/index.ts";
import type { LoadedBuild } from "../pipeline/index.ts";
import { backendNames, loadBackends } from "./backends.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import { exitCodes } from "./exit.ts";
import { nativeJobText, noLevel } from "./inspect-native.ts";
import { openModel } from "./model.ts";
import type { NativeFlags } from "./native-plan.ts";
import { openProgram } from "./program.ts";
import { openBuild, targetIn } from "./subject.ts";
import { printNotes, terminal } from "./terminal.ts";

interface InspectFlags extends NativeFlags {
  /** By default the level of the model. */
  readonly level?: string;
  readonly target?: string;
  readonly layer?: string;
  readonly dim?: readonly string[];
  readonly rebatch?: boolean;
  readonly json?: boolean;
}

const isBuild = (path: string): boolean =>
  existsSync(path) && statSync(path).isDirectory() && existsSync(join(path, "manifest.json"));

interface Shown {
  readonly level: string;
  readonly text: string;
}

const buildText = (folder: string, flags: InspectFlags): Shown => {
  const build = openBuild(folder);
  const { level = build.kind === "exact" ? "tensor" : "spiking" } = flags;
  return { level, text: levelText(build, level, flags) };
};

const levelText = (build: LoadedBuild, level: string, flags: InspectFlags): string => {
  const { folder } = build;
  switch (level) {
    case "tensor":
    case "integer":
      if (build.kind === "native") throw noLevel(folder, level, "spiking, machine");
      return level === "tensor" ? print(tensorLevel, build.float) : print(integerLevel, build.integer);
    case "spiking":
      return printNetlist(
        "spiking",
        network,
        openProgram(folder, targetIn(build, flags.target).name).network,
      );
    case "machine": {
      const { lists: _, ...head } = openProgram(folder, targetIn(build, flags.target).name);
      return printNetlist("machine", machine, head);
    }
    default:
      throw new Rejected([
        cliDiagnostics.report("unknown-level", nowhere, {
          name: level,
          known: "tensor, integer, spiking, machine",
        }),
      ]);
  }
};

const modelText = async (path: string, flags: InspectFlags): Promise<Shown> => {
  const all = await loadBackends(backendNames);
  const model = openModel(
    path,
    all.map((b) => b.target),
    flags,
  );
  printNotes(model.notes);
  const texts = model.jobs.map((job) =>
    job.kind === "exact" ? print(tensorLevel, job.graph) : nativeJobText(job, path, flags),
  );
  const usual = model.jobs.every((job) => job.kind === "native") ? "native" : "tensor";
  return { level: flags.level ?? usual, text: texts.join("\n") };
};

/** `spikefold inspect MODEL|DIR`: the text form of a level. */
export const inspectCommand = async (path: string, flags: InspectFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const { level, text } = isBuild(path) ? buildText(path, flags) : await modelText(path, flags);
  const lines = text.split("\n");
  const { layer } = flags;
  const shown = layer === undefined ? lines : lines.filter((line) => line.includes(layer));
  const document: Json = { schema: "spikefold/inspect@1", level, text: shown };
  out.document(document);
  out.line(shown.join("\n"));
  return exitCodes.done;
};
