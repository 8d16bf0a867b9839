import { closest } from "../../dsl/index.ts";
import { type Entry, nowhere, quoteName, Rejected, render } from "../diagnostics/index.ts";
import { type Explained, explained } from "./catalogs.ts";
import { cliDiagnostics } from "./diagnostics.ts";
import type { ExplainDocument } from "./documents.ts";
import { exitCodes } from "./exit.ts";
import { exampleFor } from "./explain-example.ts";
import { bold, type Terminal, table, terminal } from "./terminal.ts";

const shown = (text: string): string => text.replace(/\{(\w+)\}/g, "<$1>");

const holesOf = ({ what, why, fix }: Entry): readonly string[] => [
  ...new Set(
    [what, why, fix].flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "")),
  ),
];

const ends: Readonly<Record<Entry["severity"], string>> = {
  error: "the command writes nothing and ends with exit code 2",
  warning: "the command goes on",
  note: "the command goes on; nothing has to be changed",
};

const outcome = ({ code, entry }: Explained): string =>
  code.startsWith("environment/")
    ? "the command writes nothing and ends with exit code 3"
    : ends[entry.severity];

/** A message of this kind, as it is printed. */
const formOf = ({ code, entry }: Explained): string =>
  render({
    code,
    severity: entry.severity,
    where: nowhere,
    what: shown(entry.what),
    why: shown(entry.why),
    fix: shown(entry.fix),
  });

const printLines = (out: Terminal, text: string): void => {
  for (const line of text.split("\n")) out.line(`  ${line}`);
};

const print = (out: Terminal, one: Explained): void => {
  const { code, during, entry } = one;
  const holes = holesOf(entry);
  out.line(`${bold(code)}  ${entry.severity}, while ${during}`);
  out.line("");
  out.line(`  what   ${shown(entry.what)}`);
  if (entry.why !== "") out.line(`  why    ${shown(entry.why)}`);
  out.line(`  fix    ${shown(entry.fix)}`);
  out.line(`  then   ${outcome(one)}`);
  if (holes.length > 0) out.line(`         what stands in <> is filled in: ${holes.join(", ")}`);
  out.line("");
  const example = exampleFor(code);
  if (example !== null) {
    out.line("A program with this fault:");
    printLines(out, example.text.trimEnd());
    out.line("");
  }
  out.line(example === null ? "A message of this kind:" : "What is said about it:");
  printLines(out, example === null ? formOf(one) : render(example.said));
};

const stages: readonly string[] = [...new Set(explained.map(({ code }) => code.slice(0, code.indexOf("/"))))];

/** Codes near to one that is not known: of the same name in another stage, else spelled alike, else with its words. */
const near = (code: string): readonly string[] => {
  const all = explained.map((e) => e.code);
  const stage = code.includes("/") ? null : closest(code, stages);
  if (stage !== null) return [`${stage}/`];
  const name = code.slice(code.indexOf("/") + 1);
  const same = all.filter((other) => other.endsWith(`/${name}`));
  if (same.length > 0) return same;
  const alike =
    closest(code, all) ??
    closest(
      name,
      all.map((other) => other.slice(other.indexOf("/") + 1)),
    );
  if (alike !== null) return all.filter((other) => other === alike || other.endsWith(`/${alike}`));
  return name.length < 3 ? [] : all.filter((other) => other.includes(name)).slice(0, 8);
};

const remedyFor = (code: string): string => {
  const found = near(code);
  if (found.length > 0) return `did you mean ${found.join(" or ")}?`;
  return `spikefold explain STAGE/ lists the codes of a stage: ${stages.map((s) => `${s}/`).join(" ")}`;
};

const list = (out: Terminal, all: readonly Explained[]): void => {
  const rows = all.map(({ code, entry }) => [code, entry.severity, shown(entry.what)]);
  for (const line of table(["code", "severity", "what"], rows)) out.line(line);
};

const documentOf = (all: readonly Explained[]): ExplainDocument => ({
  schema: "spikefold/explain@1",
  codes: all.map((one) => ({
    code: one.code,
    severity: one.entry.severity,
    during: one.during,
    what: one.entry.what,
    why: one.entry.why,
    fix: one.entry.fix,
    holes: [...holesOf(one.entry)],
  })),
});

/** `spikefold explain [CODE]`: what a message means. A text that ends with `/`, or a stage, lists its codes. */
export const explainCommand = async (
  asked: string | undefined,
  flags: { readonly json?: boolean },
): Promise<number> => {
  const out = terminal(flags.json === true);
  const code = (asked ?? "").trim().replace(/^(error|warning|note)\[(.*)\]$/, "$2");
  const one = explained.find((e) => e.code === code);
  const prefix = code === "" || code.endsWith("/") ? code : `${code}/`;
  const found = one === undefined ? explained.filter((e) => e.code.startsWith(prefix)) : [one];
  if (found.length === 0)
    throw new Rejected([
      cliDiagnostics.report("unknown-code", nowhere, { code: quoteName(code), remedy: remedyFor(code) }),
    ]);
  out.document(documentOf(found));
  if (one === undefined) list(out, found);
  else print(out, one);
  return exitCodes.done;
};
