/** The line that a diagnostic points at, and the part of it to underline (0-based columns). */
export interface Excerpt {
  readonly text: string;
  readonly from: number;
  readonly length: number;
}

/** Where a fault is; every part that is not known is null. Lines and columns count from 1. A node has the name that the model gives it, and is quoted where it is shown. */
export interface Where {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly node: string | null;
  readonly excerpt: Excerpt | null;
}

export type Severity = "error" | "warning" | "note";

/** One message in three parts: what (and where), why (with the number), and what to change. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly where: Where;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  /** All nodes that it is about, by the names that the model gives them, where there are several. */
  readonly nodes?: readonly string[];
  /** What filled the texts, by name, for tools. */
  readonly holes?: Readonly<Record<string, string | number>>;
}

export const nowhere: Where = { file: null, line: null, column: null, node: null, excerpt: null };

/** A place that is a node of a model, in a file or not. */
export const atNode = (node: string, file: string | null = null): Where => ({ ...nowhere, node, file });

/** A place that is a whole file. */
export const inFile = (file: string): Where => ({ ...nowhere, file });

/** The end of a stage that found faults of the user's: carries all of them. */
export class Rejected extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => `${d.code}: ${d.what}`).join("\n"));
    this.name = "Rejected";
    this.diagnostics = diagnostics;
  }
}
