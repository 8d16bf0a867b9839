import type { Cursor } from "./cursor.ts";

/** A bare word: a keyword of a schema or the label of a node or weight. */
export interface Word {
  readonly word: string;
}

/** `kind(name=value, ...)`, or a record without a kind. */
export interface Struct {
  readonly kind: string | null;
  readonly fields: ReadonlyMap<string, Tree>;
}

/** What every attribute turns into; the text form and JSON are two spellings of it. */
export type Tree = null | boolean | number | string | Word | Struct | readonly Tree[];

export const word = (text: string): Word => ({ word: text });

export const isWord = (tree: Tree): tree is Word =>
  typeof tree === "object" && tree !== null && "word" in tree;

export const isStruct = (tree: Tree): tree is Struct =>
  typeof tree === "object" && tree !== null && "fields" in tree;

export const isList = (tree: Tree): tree is readonly Tree[] => Array.isArray(tree);

/** Shortest text that reads back as the same double. */
export const printNumber = (n: number): string => {
  if (Object.is(n, -0)) return "-0";
  if (n === Infinity) return "inf";
  if (n === -Infinity) return "-inf";
  return String(n);
};

export const printTree = (tree: Tree): string => {
  if (tree === null) return "none";
  if (typeof tree === "boolean") return String(tree);
  if (typeof tree === "number") return printNumber(tree);
  if (typeof tree === "string") return JSON.stringify(tree);
  if (isWord(tree)) return tree.word;
  if (isStruct(tree)) return printStruct(tree);
  return `[${tree.map(printTree).join(", ")}]`;
};

const printStruct = ({ kind, fields }: Struct): string => {
  if (kind !== null && fields.size === 0) return kind;
  return `${kind ?? ""}(${[...fields].map(([name, value]) => `${name}=${printTree(value)}`).join(", ")})`;
};

const wordToTree = (text: string): Tree => {
  if (text === "none") return null;
  if (text === "true") return true;
  if (text === "false") return false;
  if (text === "inf") return Infinity;
  return word(text);
};

/** Reads one value of the text form. */
export const parseTree = (from: Cursor): Tree => from.nested(() => parseValue(from));

const parseValue = (from: Cursor): Tree => {
  if (from.peek("[")) return from.list("[", "]", () => parseTree(from));
  if (from.peek("(")) return { kind: null, fields: parseFields(from) };
  if (from.peek('"')) return from.string();
  const number = from.tryNumber();
  if (number !== null) return number;
  const text = from.word();
  if (from.peek("(")) return { kind: text, fields: parseFields(from) };
  return wordToTree(text);
};

const parseFields = (from: Cursor): ReadonlyMap<string, Tree> => {
  const fields = new Map<string, Tree>();
  from.list("(", ")", () => {
    const name = from.word();
    if (fields.has(name)) from.fail(`field ${name} stands twice`);
    from.expect("=");
    fields.set(name, parseTree(from));
  });
  return fields;
};

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** JSON spelling: words and labels become strings, a kind becomes the field `kind`, infinities become strings. */
export const treeToJson = (tree: Tree): Json => {
  if (tree === null || typeof tree === "boolean" || typeof tree === "string") return tree;
  if (typeof tree === "number") return Number.isFinite(tree) ? tree : printNumber(tree);
  if (isWord(tree)) return tree.word;
  if (isList(tree)) return tree.map(treeToJson);
  const fields = [...tree.fields].map(([name, value]): readonly [string, Json] => [name, treeToJson(value)]);
  return Object.fromEntries(tree.kind === null ? fields : [["kind", tree.kind], ...fields]);
};

const isJsonList = (json: Json): json is readonly Json[] => Array.isArray(json);

/** The inverse of `treeToJson`, but for strings, which schemas read as text or as a word, whichever they ask for. */
export const jsonToTree = (json: Json): Tree => {
  if (json === null || typeof json !== "object") return json;
  if (isJsonList(json)) return json.map(jsonToTree);
  const { kind, ...rest } = json;
  const fields = new Map(Object.entries(rest).map(([name, value]) => [name, jsonToTree(value)]));
  return { kind: typeof kind === "string" ? kind : null, fields };
};
