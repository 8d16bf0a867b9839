import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { nowhere, Rejected } from "../diagnostics/index.ts";
import { integerLevel, type Json, machine, network, print, printNetlist, tensorLevel } from "../ir/index.ts";
import { backendNames, loadBackends } from "./backends.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import { exitCodes } from "./exit.ts";
import { openModel } from "./model.ts";
import { openProgram } from "./program.ts";
import { openBuild, targetIn } from "./subject.ts";
import { printNotes, terminal } from "./terminal.ts";

interface InspectFlags {
  readonly level: string;
  readonly target?: string;
  readonly layer?: string;
  readonly dim?: readonly string[];
  readonly rebatch?: boolean;
  readonly json?: boolean;
}

const isBuild = (path: string): boolean =>
  existsSync(path) && statSync(path).isDirectory() && existsSync(join(path, "manifest.json"));

const buildText = (folder: string, flags: InspectFlags): string => {
  const build = openBuild(folder);
  switch (flags.level) {
    case "tensor":
      return print(tensorLevel, build.float);
    case "integer":
      return print(integerLevel, build.integer);
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
          name: flags.level,
          known: "tensor, integer, spiking, machine",
        }),
      ]);
  }
};

const modelText = async (path: string, flags: InspectFlags): Promise<string> => {
  const all = await loadBackends(backendNames);
  const model = openModel(
    path,
    all.map((b) => b.target),
    flags,
  );
  printNotes(model.notes);
  return model.jobs.map((job) => print(tensorLevel, job.graph)).join("\n");
};

/** `spikefold inspect MODEL|DIR`: the text form of a level. */
export const inspectCommand = async (path: string, flags: InspectFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const text = isBuild(path) ? buildText(path, flags) : await modelText(path, flags);
  const lines = text.split("\n");
  const { layer } = flags;
  const shown = layer === undefined ? lines : lines.filter((line) => line.includes(layer));
  const document: Json = { schema: "spikefold/inspect@1", level: flags.level, text: shown };
  out.document(document);
  out.line(shown.join("\n"));
  return exitCodes.done;
};
