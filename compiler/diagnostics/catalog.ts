import type { Diagnostic, Severity, Where } from "./diagnostic.ts";

/** One kind of message; `{hole}` in a text is filled at the report. */
export interface Entry {
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

type Holes<S extends string> = S extends `${string}{${infer H}}${infer Rest}` ? H | Holes<Rest> : never;

/** The holes of all three texts; a missing one is a type error at the call. */
export type HolesOf<E extends Entry> = Holes<E["what"]> | Holes<E["why"]> | Holes<E["fix"]>;

export type HoleValues<E extends Entry> = Readonly<Record<HolesOf<E>, string | number>>;

export interface Catalog<C extends Readonly<Record<string, Entry>>> {
  readonly stage: string;
  readonly entries: C;
  /** Fills the holes of one message. The code is `<stage>/<name>`. */
  readonly report: <K extends keyof C & string>(name: K, where: Where, holes: HoleValues<C[K]>) => Diagnostic;
}

const fill = (text: string, holes: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(holes[name] ?? whole));

/** Declares the messages of a stage, keyed by kebab-case names that never change their meaning. */
export const defineDiagnostics = <const C extends Readonly<Record<string, Entry>>>(
  stage: string,
  entries: C,
): Catalog<C> => ({
  stage,
  entries,
  report: (name, where, holes) => {
    const entry: Entry | undefined = entries[name];
    if (entry === undefined) throw new Error(`no diagnostic ${stage}/${name}`);
    return {
      code: `${stage}/${name}`,
      severity: entry.severity,
      where,
      what: fill(entry.what, holes),
      why: fill(entry.why, holes),
      fix: fill(entry.fix, holes),
      holes,
    };
  },
});
