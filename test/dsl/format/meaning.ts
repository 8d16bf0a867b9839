import { parseSpk } from "../../../dsl/index.ts";

const withoutSpans = (key: string, value: unknown): unknown => {
  if (key === "span") return undefined;
  return typeof value === "bigint" ? `${value}n` : value;
};

/** What a text says: its tree without places. Throws for a text that is wrong. */
export const treeOf = (text: string): unknown => {
  const { tree, diagnostics } = parseSpk("a.spk", text);
  if (diagnostics.length > 0) throw new Error(`the text is wrong: ${text}`);
  return JSON.parse(JSON.stringify(tree.declarations, withoutSpans));
};

/** Comments of a text; signs in texts begin none. */
export const commentsOf = (text: string): readonly string[] =>
  (text.match(/"(?:[^"\\\n]|\\.)*"|#[^\n]*/g) ?? [])
    .filter((found) => found.startsWith("#"))
    .map((c) => c.trimEnd());
