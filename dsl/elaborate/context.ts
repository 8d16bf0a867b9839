import {
  type Diagnostic,
  quoteName,
  Rejected,
  type Span,
  type Where,
} from "../../compiler/diagnostics/index.ts";
import { fileFaults } from "../diagnostics/file.ts";
import { languageFaults } from "../diagnostics/language.ts";
import { loopFaults } from "../diagnostics/loop.ts";
import type { Faults } from "../faults.ts";
import { isLibrary } from "../library/file.ts";
import { lineOf, type Source, textOf, whereOf } from "../source.ts";
import type { Name } from "../syntax.ts";
import { showCount } from "./count.ts";
import type { SpkHost } from "./host.ts";

/** A block that is being built, and the call that uses it. */
export interface Frame {
  readonly block: string;
  readonly use: Span;
  /** Where the block is declared. */
  readonly declared: Span;
}

/** What all of one elaboration shares. */
export interface Context {
  readonly host: SpkHost;
  readonly faults: Faults;
  /** By file name; a file is added before anything in it is elaborated. */
  readonly sources: Map<string, Source>;
  /** Blocks around what is elaborated now, outermost first. */
  readonly frames: Frame[];
  /** What was reported: a line that is built many times is reported once. */
  readonly reported: Set<string>;
  readonly repeated: { count: number };
  /** How many values, stages and loops stand around what is elaborated now. */
  readonly depth: { count: number };
  /** Stages that may still be built. */
  readonly budget: { left: number };
  /** Entries of tables that may still be made. */
  readonly tables: { left: number };
}

/** Most stages of one elaboration, loops and blocks written out. */
export const mostStages = 100_000;

/** Most entries of all tables that one elaboration makes. */
export const mostEntries = 2 ** 21;

export const makeContext = (host: SpkHost, faults: Faults): Context => ({
  host,
  faults,
  sources: new Map(),
  frames: [],
  reported: new Set(),
  repeated: { count: 0 },
  depth: { count: 0 },
  budget: { left: mostStages },
  tables: { left: mostEntries },
});

const sourceAt = (context: Context, { file }: Span): Source => {
  const source = context.sources.get(file);
  if (source === undefined) throw new Error(`${file} was not added to the sources`);
  return source;
};

export const placeOf = (context: Context, span: Span): Where => whereOf(sourceAt(context, span), span);

export const lineAt = (context: Context, span: Span): number => lineOf(sourceAt(context, span), span.start);

/** The source text of a span on one line, short enough for a message. */
export const sourceText = (context: Context, span: Span): string => {
  const text = textOf(sourceAt(context, span), span).replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** The use of the innermost block that stands in a file of the user's. */
const useOf = ({ frames }: Context): Omit<Frame, "declared"> | undefined => {
  const inner = frames[frames.length - 1];
  const use = [...frames].reverse().find((frame) => !isLibrary(frame.use.file));
  return inner === undefined || use === undefined ? undefined : { block: inner.block, use: use.use };
};

/** A place in a file of the user's: what the library builds stands where the library is used. */
export const userSpan = (context: Context, span: Span): Span =>
  isLibrary(span.file) ? (useOf(context)?.use ?? span) : span;

/** Inside a block it matters who used it; in the library's text, where the user may not look, the use is the place. */
const placed = (context: Context, fault: Diagnostic): Diagnostic => {
  const frame = useOf(context);
  if (frame === undefined) return fault;
  const use = placeOf(context, frame.use);
  if (isLibrary(fault.where.file ?? ""))
    return { ...fault, where: use, what: `${fault.what}, in \`${frame.block}\`` };
  if (fault.where.file === use.file && fault.where.line === use.line) return fault;
  const at = `${use.file}:${use.line}:${use.column}`;
  return { ...fault, what: `${fault.what}, in \`${frame.block}\` used at ${at}` };
};

/** How many faults were found so far; a part that added none is fine. */
export const countFaults = ({ faults, repeated }: Context): number => faults.count() + repeated.count;

export const report = (context: Context, fault: Diagnostic): null => {
  const shown = placed(context, fault);
  const { code, where, what } = shown;
  // In a block the numbers differ from use to use; one of them is enough.
  const said = context.frames.length === 0 ? what : "";
  const key = `${code} ${where.file} ${where.line} ${where.column} ${said}`;
  if (context.reported.has(key)) context.repeated.count++;
  else {
    context.reported.add(key);
    context.faults.add(shown);
  }
  return null;
};

/** A construct that this version reads and does not build. */
export const reportLater = (
  context: Context,
  word: { readonly text: string; readonly span: Span },
  remedy = "write the network without it, or import it from ONNX",
): null =>
  report(context, languageFaults.report("later", placeOf(context, word.span), { word: word.text, remedy }));

/** Deepest nesting of values, stages and loops; a block adds two or three. It bounds the stack. */
const deepestNest = 256;

/** Elaborates something that stands inside another. Null (reported) when it is nested too deep. */
export const nested = <T>(context: Context, span: Span, work: () => T | null): T | null => {
  const { depth } = context;
  if (depth.count >= deepestNest)
    return report(context, loopFaults.report("deep", placeOf(context, span), { limit: deepestNest }));
  depth.count++;
  try {
    return work();
  } finally {
    depth.count--;
  }
};

/** True when so many stages and rounds may still be built; else what is left is given up (reported once). */
export const canSpend = (context: Context, count: number, span: Span): boolean => {
  const { budget } = context;
  if (count <= budget.left) return true;
  budget.left = Math.min(budget.left, 0);
  return spend(context, span);
};

/** Counts one stage, round or block. False (reported once) when there were too many. */
export const spend = (context: Context, span: Span): boolean => {
  const { budget } = context;
  budget.left--;
  if (budget.left >= 0) return true;
  if (budget.left === -1)
    report(context, loopFaults.report("stages", placeOf(context, span), { limit: showCount(mostStages) }));
  return false;
};

/** Runs a reader of the host's; what it refuses is reported at the place that names the file. */
export const readFrom = <T>(context: Context, name: Name, read: () => T): T | null => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    for (const { what, why, fix } of error.diagnostics) {
      const holes = { name: quoteName(name.text), what, why, fix };
      report(context, fileFaults.report("refused", placeOf(context, name.span), holes));
    }
    return null;
  }
};
