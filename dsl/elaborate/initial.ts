import { chanceFaults } from "../diagnostics/chance.ts";
import { type Context, placeOf, report, sourceText } from "./context.ts";
import type { Init } from "./init.ts";
import type { Item, WordItem } from "./items.ts";
import { distance, natural, real, text } from "./kinds.ts";
import { matchOptions, type Options, optional, required, signature } from "./options.ts";
import { resolveFile } from "./paths.ts";

const signatures = {
  zeros: signature("zeros", []),
  ones: signature("ones", []),
  kaiming: signature("kaiming", ["seed"]),
  xavier: signature("xavier", ["seed"]),
  normal: signature("normal", ["mean", "std"], ["mean", "std", "seed"]),
  uniform: signature("uniform", ["low", "high"], ["low", "high", "seed"]),
  load: signature("load", ["file", "name"]),
} as const;

type InitWord = keyof typeof signatures;

export const initWords: readonly string[] = Object.keys(signatures);

/** A word that says how a parameter is filled. */
export type InitItem = WordItem & { readonly text: InitWord };

const isInit = (word: string): word is InitWord => Object.hasOwn(signatures, word);

export const isInitItem = (item: Item): item is InitItem => item.kind === "word" && isInit(item.text);

/** Null (reported) when a word that draws by chance has no seed. */
export const seedOf = (
  context: Context,
  { text: word, span }: Pick<WordItem, "text" | "span">,
  options: Options | null,
  what: string,
): number | null => {
  if (options === null) return null;
  if (options.given.has("seed")) return required(options, "seed", natural);
  const written = sourceText(context, span);
  const open = written.endsWith(")") ? written.slice(0, -1) : `${written}(`;
  const example = `${open}${/\(\s*$/.test(open) ? "" : ", "}seed: 1)`;
  const holes = { word, what, example };
  const at = { ...span, end: span.start + word.length };
  return report(context, chanceFaults.report("seed", placeOf(context, at), holes));
};

/** Reads `zeros`, `kaiming(seed: 1)`, `load("f.npz", "name")` and their like. Null: a fault was reported. */
export const initOf = (context: Context, item: InitItem): Init | null => {
  const { text: word } = item;
  const options = matchOptions(context, item.within, signatures[word], item.args ?? [], item.span);
  if (options === null) return null;
  switch (word) {
    case "zeros":
      return { kind: "constant", value: 0 };
    case "ones":
      return { kind: "constant", value: 1 };
    case "load": {
      const file = required(options, "file", text);
      const name = required(options, "name", text);
      const path = file === null ? null : resolveFile(context, file);
      return file === null || name === null || path === null
        ? null
        : { kind: "load", file, path, name: name.text };
    }
    case "kaiming":
    case "xavier": {
      const seed = seedOf(context, item, options, "draws weights");
      return seed === null ? null : { kind: word, seed };
    }
    case "normal": {
      const [mean, std] = [optional(options, "mean", real, 0), required(options, "std", distance)];
      const seed = seedOf(context, item, options, "draws weights");
      return mean === null || std === null || seed === null ? null : { kind: word, mean, std, seed };
    }
    case "uniform": {
      const [low, high] = [required(options, "low", real), required(options, "high", real)];
      const seed = seedOf(context, item, options, "draws weights");
      return low === null || high === null || seed === null ? null : { kind: word, low, high, seed };
    }
  }
};
