import { readFileSync } from "node:fs";
import { formatSpk } from "../../dsl/index.ts";
import { readFileBounded, replaceFile } from "../../runtime/files/index.ts";
import { type Diagnostic, nowhere, Rejected } from "../diagnostics/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { FmtDocument } from "./documents.ts";
import { exitCodes } from "./exit.ts";
import { textOfBytes } from "./spk-text.ts";
import { grouped, terminal } from "./terminal.ts";

export interface FmtFlags {
  readonly check?: boolean;
  readonly json?: boolean;
}

/** A text of the language is at most 1 MiB long; more is read so that the message can say so. */
const mostBytes = 1 << 24;

/** The path that stands for stdin and stdout. */
const standard = "-";

interface Formatted {
  readonly path: string;
  readonly text: string;
  readonly changed: boolean;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const formatted = (path: string, stdin: () => Uint8Array): Formatted => {
  const file = path === standard ? "<stdin>" : path;
  const bytes = path === standard ? stdin() : readFileBounded(path, mostBytes);
  const text = formatSpk(file, textOfBytes(bytes, file));
  return { path, text, changed: !sameBytes(bytes, new TextEncoder().encode(text)) };
};

/** Formats every file before one is written. Throws Rejected with what is wrong in all of them. */
const formatAll = (paths: readonly string[], stdin: () => Uint8Array): readonly Formatted[] => {
  const faults: Diagnostic[] = [];
  const done = [...new Set(paths)].flatMap((path) => {
    try {
      return [formatted(path, stdin)];
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      faults.push(...error.diagnostics);
      return [];
    }
  });
  if (faults.length > 0) throw new Rejected(faults);
  return done;
};

const count = (n: number): string => `${grouped(n)} ${n === 1 ? "file" : "files"}`;

/**
 * Puts files into the one style of the language; `-` reads stdin and writes stdout. A file that has the
 * style is not touched. With `check` nothing is written, and the exit code is 1 when a file lacks the style.
 */
export const formatFiles = (paths: readonly string[], flags: FmtFlags, stdin: () => Uint8Array): number => {
  const out = terminal(flags.json === true);
  const check = flags.check === true;
  if (paths.includes(standard) && flags.json === true && !check)
    throw new Rejected([cliDiagnostics.report("stdout-twice", nowhere, {})]);
  const all = formatAll(paths, stdin);
  const changed = all.filter((f) => f.changed);
  for (const { path, text } of check ? [] : all.filter((f) => f.changed || f.path === standard)) {
    if (path === standard) process.stdout.write(text);
    else replaceFile(path, new TextEncoder().encode(text));
  }
  const document: FmtDocument = {
    schema: "spikefold/fmt@1",
    written: !check,
    files: all.map((f) => ({ file: f.path, changed: f.changed })),
  };
  out.document(document);
  if (!paths.includes(standard) || check) {
    for (const { path } of changed) out.line(check ? `not formatted: ${path}` : `formatted ${path}`);
    out.line(`${count(all.length)}, ${count(changed.length)} ${check ? "to format" : "changed"}`);
  }
  return check && changed.length > 0 ? exitCodes.failed : exitCodes.done;
};

/** `spikefold fmt FILE... [--check]`. */
export const fmtCommand = async (paths: readonly string[], flags: FmtFlags): Promise<number> =>
  formatFiles(paths, flags, () => readFileSync(0));
