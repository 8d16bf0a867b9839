import { type Diagnostic, Rejected, renderAll } from "../diagnostics/index.ts";
import type { ErrorDocument } from "./documents.ts";

/** What a command ends with. */
export const exitCodes = { done: 0, failed: 1, badInput: 2, environment: 3, interrupted: 130 } as const;

const environmentCodes = new Set([
  "ENOSPC",
  "EACCES",
  "EPERM",
  "EROFS",
  "EMFILE",
  "ENFILE",
  "EDQUOT",
  "EIO",
  "EFBIG",
  "EXDEV",
]);

const systemCode = (error: unknown): string | null =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;

const whereOf = ({ where }: Diagnostic): ErrorDocument["errors"][number]["where"] => ({
  ...(where.file === null ? {} : { file: where.file }),
  ...(where.line === null ? {} : { line: where.line }),
  ...(where.column === null ? {} : { column: where.column }),
  ...(where.node === null ? {} : { node: where.node }),
});

const document = (diagnostics: readonly Diagnostic[]): ErrorDocument => ({
  schema: "spikefold/error@1",
  errors: diagnostics.map((d) => ({ code: d.code, where: whereOf(d), what: d.what, why: d.why, fix: d.fix })),
});

/** Prints what went wrong and gives the exit code. Faults of ours keep their stack: they are bugs to report. */
export const fail = (error: unknown, json: boolean): number => {
  if (error instanceof Rejected) {
    if (json) process.stdout.write(`${JSON.stringify(document(error.diagnostics))}\n`);
    process.stderr.write(`${renderAll(error.diagnostics)}\n`);
    const environment = error.diagnostics.some((d) => d.code.startsWith("environment/"));
    return environment ? exitCodes.environment : exitCodes.badInput;
  }
  const code = systemCode(error);
  if (code !== null && environmentCodes.has(code)) {
    process.stderr.write(
      `error[environment/${code.toLowerCase()}]: ${error instanceof Error ? error.message : code}\n`,
    );
    return exitCodes.environment;
  }
  process.stderr.write(
    `internal error, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return exitCodes.environment;
};
