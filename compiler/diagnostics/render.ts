import type { Diagnostic, Where } from "./diagnostic.ts";
import { quoteName } from "./quote.ts";

const place = (where: Where): string => {
  const position = where.line === null ? "" : `:${where.line}:${where.column ?? 1}`;
  const file = where.file === null ? "" : `${where.file}${position}: `;
  return where.node === null ? file : `${file}node "${quoteName(where.node)}": `;
};

/** The form of `language.md` section 5: place and what, the line with a caret under it, why and what to type. */
export const render = (d: Diagnostic): string => {
  const head = `${place(d.where)}${d.severity}[${d.code}]: ${d.what}`;
  const { excerpt } = d.where;
  const why = d.why === "" ? "" : `\n  why: ${d.why}`;
  if (excerpt === null) return `${head}${why}\n  fix: ${d.fix}`;
  const caret = `${" ".repeat(excerpt.from)}${"^".repeat(Math.max(1, excerpt.length))}`;
  return `${head}\n  ${excerpt.text}\n  ${caret} ${d.fix}${why}`;
};

export const renderAll = (diagnostics: readonly Diagnostic[]): string => diagnostics.map(render).join("\n");
