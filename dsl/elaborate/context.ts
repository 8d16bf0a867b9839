import {
  type Diagnostic,
  quoteName,
  Rejected,
  type Span,
  type Where,
} from "../../compiler/diagnostics/index.ts";
import { fileFaults } from "../diagnostics/file.ts";
import { languageFaults } from "../diagnostics/language.ts";
import type { Faults } from "../faults.ts";
import { lineOf, type Source, textOf, whereOf } from "../source.ts";
import type { Name } from "../syntax.ts";
import type { SpkHost } from "./host.ts";

/** What all of one elaboration shares. */
export interface Context {
  readonly host: SpkHost;
  readonly faults: Faults;
  /** By file name; a file is added before anything in it is elaborated. */
  readonly sources: Map<string, Source>;
}

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

export const report = (context: Context, fault: Diagnostic): null => {
  context.faults.add(fault);
  return null;
};

export const reportLater = (
  context: Context,
  word: Name,
  remedy = "write the network without it, or import it from ONNX",
): null =>
  report(context, languageFaults.report("later", placeOf(context, word.span), { word: word.text, remedy }));

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
