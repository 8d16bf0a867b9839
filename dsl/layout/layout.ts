import { syntaxFaults } from "../diagnostics/syntax.ts";
import type { Faults } from "../faults.ts";
import { type Source, textOf, whereOf } from "../source.ts";
import { deepest, type Open, reportOpen, startsStatement } from "./brackets.ts";
import { scan } from "./scan.ts";
import { isClosing, partnerOf, type Token } from "./token.ts";

/** Tokens of one statement, step or head; a broken one was reported already and is not parsed. */
export interface Fragment {
  readonly tokens: readonly Token[];
  readonly broken: boolean;
}

export type SectionKind = "import" | "data" | "network" | "block" | "compile" | "constant";

/** A declaration, cut: what stands before its braces, and the statements in them (null without braces). */
export interface Section {
  readonly kind: SectionKind;
  readonly head: Fragment;
  readonly body: readonly Fragment[] | null;
}

/** A file in its order: all tokens, and the declarations that they make. */
export interface Layout {
  readonly tokens: readonly Token[];
  readonly sections: readonly Section[];
}

const kinds: ReadonlyMap<string, SectionKind> = new Map([
  ["import", "import"],
  ["data", "data"],
  ["network", "network"],
  ["block", "block"],
  ["compile", "compile"],
]);

const hasBody = (kind: SectionKind): boolean => kind === "network" || kind === "block" || kind === "compile";

// The next line goes on when this one ends with an arrow or an operator.
const unfinished: ReadonlySet<string> = new Set([
  "->",
  "+",
  "-",
  "*",
  "/",
  "=",
  "==",
  "!=",
  "<=",
  "<",
  ">=",
  ">",
  "|",
  "..",
]);

const goesOn: ReadonlySet<string> = new Set(["->", "then", "else"]);

interface Cut {
  readonly source: Source;
  readonly faults: Faults;
  readonly tokens: readonly Token[];
  readonly sections: Section[];
  readonly open: Open[];
  kind: SectionKind | null;
  head: Fragment | null;
  body: Fragment[] | null;
  fragment: Token[];
  broken: boolean;
}

const endFragment = (cut: Cut): void => {
  const made = { tokens: cut.fragment, broken: cut.broken };
  if (made.tokens.length > 0 && cut.body !== null) cut.body.push(made);
  else if (made.tokens.length > 0) cut.head = made;
  cut.fragment = [];
  cut.broken = false;
};

const endSection = (cut: Cut): void => {
  endFragment(cut);
  if (cut.kind !== null && cut.head !== null)
    cut.sections.push({ kind: cut.kind, head: cut.head, body: cut.body });
  cut.kind = null;
  cut.head = null;
  cut.body = null;
};

/** Gives up all brackets above `depth`. */
const giveUp = (cut: Cut, depth: number, next: Token | undefined): void => {
  const given = cut.open.splice(depth);
  const inner = given[given.length - 1];
  if (inner === undefined) return;
  reportOpen(cut.source, cut.faults, cut.tokens, inner, next);
  cut.broken ||= given.some(({ body }) => !body);
};

const isDeclaration = (cut: Cut, token: Token): boolean =>
  token.leads &&
  (token.start === 0 || cut.source.text[token.start - 1] === "\n") &&
  kinds.has(textOf(cut.source, token));

const separate = (cut: Cut, index: number, token: Token): void => {
  const base = cut.body === null ? 0 : 1;
  if (isDeclaration(cut, token)) {
    giveUp(cut, 0, token);
    endSection(cut);
    return;
  }
  if (cut.open.length > base && startsStatement(cut.tokens, index)) giveUp(cut, base, token);
  const before = cut.tokens[index - 1];
  const ends =
    token.leads && cut.open.length === base && !goesOn.has(token.code) && !unfinished.has(before?.code ?? "");
  if (!ends) return;
  if (cut.body === null) endSection(cut);
  else endFragment(cut);
};

/** True when the bracket belongs to the fragment, false when it is a brace of a body. */
const enter = (cut: Cut, index: number, token: Token): boolean => {
  const body =
    token.code === "{" && cut.open.length === 0 && cut.body === null && hasBody(cut.kind ?? "constant");
  cut.open.push({ index, body });
  if (body) {
    endFragment(cut);
    cut.body = [];
  } else if (cut.open.length > deepest) {
    if (!cut.broken)
      cut.faults.add(syntaxFaults.report("depth", whereOf(cut.source, token), { limit: deepest }));
    cut.broken = true;
  }
  return !body;
};

const leave = (cut: Cut, token: Token): boolean => {
  const at = cut.open.findLastIndex(({ index }) => partnerOf(cut.tokens[index] ?? token) === token.code);
  if (at < 0) {
    const where = whereOf(cut.source, token);
    cut.faults.add(
      syntaxFaults.report("bracket", where, { bracket: token.code, fault: "opened", remedy: "leave it out" }),
    );
    cut.broken = true;
    // The wrong bracket most likely stands for the right one.
    if (cut.open.at(-1)?.body === false) cut.open.pop();
    return false;
  }
  giveUp(cut, at + 1, token);
  if (cut.open.pop()?.body !== true) return true;
  endSection(cut);
  return false;
};

// Ten thousand layers: what a reader of the file could still look through, and a bound for all that is built of it.
const mostTokens = 100_000;

const tooMany = (source: Source, faults: Faults, tokens: readonly Token[]): boolean => {
  const over = tokens[mostTokens];
  if (over === undefined) return false;
  const holes = { what: "file", found: tokens.length, unit: "words and signs", limit: mostTokens };
  const remedy = "move parts of it into files of their own, and import them";
  faults.add(syntaxFaults.report("size", whereOf(source, over), { ...holes, remedy }));
  return true;
};

/** Cuts a file into declarations and statements; brackets are known to match in what is not broken. */
export const layout = (source: Source, faults: Faults): Layout => {
  const { tokens, bad } = scan(source, faults);
  if (tooMany(source, faults, tokens)) return { tokens, sections: [] };
  const cut: Cut = {
    source,
    faults,
    tokens,
    sections: [],
    open: [],
    kind: null,
    head: null,
    body: null,
    fragment: [],
    broken: false,
  };
  let badIndex = 0;
  tokens.forEach((token, index) => {
    const broken = (bad[badIndex] ?? Infinity) < token.start;
    while ((bad[badIndex] ?? Infinity) < token.start) badIndex++;
    cut.broken ||= broken && cut.fragment.length > 0;
    separate(cut, index, token);
    cut.broken ||= broken && cut.fragment.length === 0;
    cut.kind ??= kinds.get(textOf(source, token)) ?? "constant";
    const inside =
      partnerOf(token) !== null ? enter(cut, index, token) : !isClosing(token) || leave(cut, token);
    if (inside) cut.fragment.push(token);
  });
  cut.broken ||= badIndex < bad.length;
  giveUp(cut, 0, undefined);
  endSection(cut);
  return { tokens, sections: cut.sections };
};
