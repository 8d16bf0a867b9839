import { syntaxFaults } from "../diagnostics/syntax.ts";
import type { Faults } from "../faults.ts";
import { type Source, whereOf } from "../source.ts";
import { codes, keywords, type Token } from "./token.ts";

interface Lexeme {
  readonly code: string;
  readonly pattern: RegExp;
}

// Tried in order; `3..8` is a number and a range, so a point needs a digit behind it.
const numeric: readonly Lexeme[] = [
  { code: codes.size, pattern: /\d+(?:x\d+)+(?!\w)/y },
  { code: codes.ratio, pattern: /\d+:\d+(?!\w)/y },
  { code: codes.number, pattern: /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y },
];
const words: readonly Lexeme[] = [
  { code: codes.path, pattern: /[A-Za-z_]\w*(?:\.\w+)+/y },
  { code: codes.name, pattern: /[A-Za-z_]\w*/y },
];
const others: readonly Lexeme[] = [
  { code: codes.text, pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"/y },
  { code: "", pattern: /->|\.\.|[=!<>]=|[-+*/%=<>|:,()[\]{}]/y },
];

/** What may begin with a character. */
const lexemesOf = (first: string): readonly Lexeme[] => {
  if (first >= "0" && first <= "9") return numeric;
  return (first >= "a" && first <= "z") || (first >= "A" && first <= "Z") || first === "_" ? words : others;
};

const blank = /(?:[ \t\r]|#[^\n]*)+/y;

// The same sets as in the language's reference: controls and bidi marks are refused even in comments.
const hidden = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const hiddenHere = new RegExp(hidden.source, "uy");

const matchAt = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
};

const spelled = (lexeme: Lexeme, found: string): string => {
  if (lexeme.code === "") return found;
  return lexeme.code === codes.name && keywords.has(found) ? found : lexeme.code;
};

/** After so many wrong characters the text is no program: reading ends. */
const mostBad = 100;

const hex = (character: string): string =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");

const remedies: Readonly<Record<string, string>> = {
  ";": "leave it out: a statement ends with its line",
  "'": 'write a text in double quotes: `"..."`',
  "!": "write `not`",
  "&": "write `and`",
};

const reportCharacter = (source: Source, faults: Faults, at: number): number => {
  const character = String.fromCodePoint(source.text.codePointAt(at) ?? 0);
  const end = at + character.length;
  const where = whereOf(source, { start: at, end });
  if (character === '"') {
    const stop = matchAt(/[^\r\n]*/y, source.text, at);
    faults.add(syntaxFaults.report("text", where, {}));
    return stop;
  }
  if (/[!-~]/.test(character)) {
    faults.add(
      syntaxFaults.report("sign", where, { sign: character, remedy: remedies[character] ?? "leave it out" }),
    );
  } else faults.add(syntaxFaults.report("character", where, { code: hex(character) }));
  return end;
};

const reportHidden = (source: Source, faults: Faults): void => {
  let found = 0;
  for (const { index } of source.text.matchAll(hidden)) {
    if (found++ >= mostBad) return;
    if (index === 0 && source.text.startsWith("\ufeff")) continue;
    const where = whereOf(source, { start: index, end: index + 1 });
    faults.add(syntaxFaults.report("hidden", where, { code: hex(source.text.charAt(index)) }));
  }
};

/** Tokens of a text, and the places whose characters mean nothing (reported, and skipped). */
export interface Scanned {
  readonly tokens: readonly Token[];
  readonly bad: readonly number[];
}

/** Cuts a text into tokens. Reports signs without a meaning, open strings and characters that may not stand in a file. */
export const scan = (source: Source, faults: Faults): Scanned => {
  const { text } = source;
  reportHidden(source, faults);
  const tokens: Token[] = [];
  const bad: number[] = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  let leads = true;
  while (at < text.length && bad.length < mostBad) {
    const skipped = matchAt(blank, text, at);
    if (skipped > at || text[at] === "\n") {
      leads ||= text[at] === "\n";
      at = skipped > at ? skipped : at + 1;
      continue;
    }
    const start = at;
    const lexeme = lexemesOf(text.charAt(at)).find(({ pattern }) => matchAt(pattern, text, start) > start);
    if (lexeme === undefined) {
      bad.push(at);
      at = matchAt(hiddenHere, text, at) > at ? at + 1 : reportCharacter(source, faults, at);
      continue;
    }
    const end = lexeme.pattern.lastIndex;
    tokens.push({ code: spelled(lexeme, text.slice(at, end)), start: at, end, leads });
    leads = false;
    at = end;
  }
  return { tokens, bad };
};
