import { closest } from "../../dsl/index.ts";
import { nowhere, quoteName, Rejected } from "../diagnostics/index.ts";
import type { Backend } from "../target/index.ts";
import { loadBackends } from "./backends.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { OpsDocument } from "./documents.ts";
import { exitCodes } from "./exit.ts";
import { nirRows } from "./ops/nir.ts";
import { cellsOf, collectNotes, legend } from "./ops/notes.ts";
import { onnxRows } from "./ops/onnx.ts";
import type { Format, RowMaker, SupportRow } from "./ops/row.ts";
import { spkRows } from "./ops/spk.ts";
import type { Verdict } from "./ops/verdict.ts";
import { bold, type Terminal, table, terminal } from "./terminal.ts";

interface OpsFlags {
  readonly target?: readonly string[];
  readonly json?: boolean;
}

const makers: Readonly<Record<Format, RowMaker>> = { onnx: onnxRows, spk: spkRows, nir: nirRows };

const titles: Readonly<Record<Format, string>> = {
  onnx: "ONNX operators",
  spk: "Words of .spk programs",
  nir: "NIR node types",
};

export const formats: readonly Format[] = ["onnx", "spk", "nir"];

interface Asked {
  readonly format: Format;
  readonly name: string;
}

const everything: readonly Asked[] = formats.flatMap((format) =>
  makers[format].names.map((name) => ({ format, name })),
);

/** What a user asks for: all, a format, or an operator by its name in any of them. Throws Rejected for another word. */
const askedFor = (word: string | undefined): readonly Asked[] => {
  if (word === undefined) return everything;
  const format = everything.filter((asked) => asked.format === word);
  if (format.length > 0) return format;
  const named = everything.filter(({ name }) => name.toLowerCase() === word.toLowerCase());
  if (named.length > 0) return named;
  const near = closest(
    word,
    everything.map(({ name }) => name),
  );
  const remedy =
    near === null
      ? `spikefold ops lists all; ${formats.join(", ")} list one format`
      : `did you mean ${near}?`;
  throw new Rejected([cliDiagnostics.report("unknown-op", nowhere, { name: quoteName(word), remedy })]);
};

/** The support table, found by asking the readers and the compiler. */
export const supportRows = (
  word: string | undefined,
  backends: readonly Backend[],
  progress: (text: string) => void,
): readonly SupportRow[] =>
  askedFor(word).flatMap(({ format, name }) => {
    progress(`${format} ${name}`);
    return makers[format].rows(name, backends);
  });

const refusalOf = (verdict: Verdict): OpsDocument["operators"][number]["targets"][number]["refusal"] => {
  const refusal = verdict.place === "refused" ? verdict.by : verdict.place === "host" ? verdict.inside : null;
  if (refusal === null) return null;
  const { stage, fault } = refusal;
  return { stage, code: fault.code, what: fault.what, why: fault.why, fix: fault.fix };
};

const documentOf = (rows: readonly SupportRow[], backends: readonly Backend[]): OpsDocument => ({
  schema: "spikefold/ops@1",
  operators: rows.map((row) => ({
    format: row.format,
    name: row.name,
    form: row.note,
    becomes: [...row.becomes],
    targets: row.verdicts.map((verdict, i) => ({
      name: backends[i]?.target.name ?? "",
      place: verdict.place,
      refusal: refusalOf(verdict),
    })),
  })),
});

const print = (out: Terminal, rows: readonly SupportRow[], backends: readonly Backend[]): void => {
  const notes = collectNotes();
  for (const format of formats) {
    const own = rows.filter((row) => row.format === format);
    if (own.length === 0) continue;
    out.line(bold(titles[format]));
    const cells = own.map((row) => cellsOf(row, notes));
    for (const line of table(["name", "becomes", ...backends.map((b) => b.target.name)], cells))
      out.line(line);
    out.line("");
  }
  for (const line of notes.lines()) out.line(line);
  if (rows.length > 1) for (const line of legend) out.line(line);
};

/** `spikefold ops [NAME] [--target T]...`: what is read, what it becomes, and where each target runs it. */
export const opsCommand = async (word: string | undefined, flags: OpsFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const backends = await loadBackends(flags.target ?? ["simulator"]);
  const rows = supportRows(word, backends, out.progress);
  out.document(documentOf(rows, backends));
  print(out, rows, backends);
  return exitCodes.done;
};

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** The support table as a page, for all targets given. */
export const supportPage = (backends: readonly Backend[]): string => {
  const rows = supportRows(undefined, backends, () => undefined);
  const notes = collectNotes();
  const head = ["name", "becomes", ...backends.map((b) => b.target.name)];
  const sections = formats.flatMap((format) => [
    `## ${titles[format]}`,
    "",
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---").join("|")}|`,
    ...rows
      .filter((row) => row.format === format)
      .map((row) => `| ${cellsOf(row, notes).map(cell).join(" | ")} |`),
    "",
  ]);
  return [
    "# Operators",
    "",
    "Made by the command `spikefold ops`: every operator is put into small networks, which are read and taken through the compiler (7 levels, weights of 4 bits) as far as they go. A network of yours may meet limits of size that these do not; `spikefold check` judges it.",
    "",
    ...legend.map((line) => `- ${line}`),
    "",
    ...sections,
    "## Notes",
    "",
    ...notes.lines().map((line) => `- ${line}`),
    "",
  ].join("\n");
};
