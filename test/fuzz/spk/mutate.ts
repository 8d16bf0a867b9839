import type { Random } from "../../../compiler/testing/index.ts";

const lexemes =
  /"[^"\n]*"?|#[^\n]*|[A-Za-z_]\w*(?:\.\w+)*|\d+(?:x\d+)+|\d+:\d+|\d+(?:\.\d+)?(?:e[+-]?\d+)?|->|\.\.|[=!<>]=|\s+|./gsu;

type Kind = "blank" | "name" | "size" | "number" | "text" | "open" | "close" | "sign";

const kindOf = (part: string): Kind => {
  if (/^\s|^#/.test(part)) return "blank";
  if (/^[A-Za-z_]/.test(part)) return "name";
  if (/^\d+[x:]/.test(part)) return "size";
  if (/^\d/.test(part)) return "number";
  if (part.startsWith('"')) return "text";
  if (/^[([{]/.test(part)) return "open";
  return /^[)\]}]/.test(part) ? "close" : "sign";
};

type Words = readonly [string, ...string[]];

/** What may stand where something of the same kind stood. */
const words: Readonly<Record<Exclude<Kind, "open" | "close">, Words>> = {
  blank: ["", " ", "\n", "\n\n", "\t", "\r\n", "# told\n", "  "],
  name: [
    ...(["network", "block", "compile", "import", "data", "for", "in", "weights", "order", "as"] as const),
    ...(["if", "then", "else", "repeat", "param", "shared", "require", "step", "dynamics", "not"] as const),
    ...(["x", "y", "image", "relu", "conv", "dense", "conv_bn", "residual", "flatten", "concat"] as const),
    ...(["split", "LIF", "previous", "encode.rate", "read.count", "tensor", "int", "layer", "size"] as const),
    ...(["kaiming", "zeros", "stored", "none", "same", "transpose", "random", "mask", "ms", "bits"] as const),
  ],
  size: ["3x3", "1x1", "0x0", "5x1", "1x2x3", "99999x99999", "2:4", "0:0", "9:2", "1x1x1x1x1x1x1x1"],
  number: [
    ...(["0", "1", "2", "3", "7", "8", "64", "1000", "100000", "1000000", "16777216", "2147483648"] as const),
    ...(["0.5", "1e-9", "1e400", "1e308", "3.999999999999999999999", "0.1", "99999999999999999999"] as const),
  ],
  text: ['"w.npz"', '"a.onnx"', '"a.nir"', '"lib.spk"', '"../x.npy"', '""', '"\\\\"', '"\u202e.npz"'],
  sign: ["->", "=", "==", "!=", "<", "<=", ":", ",", "..", "|", "+", "-", "*", "/", "%", ".", ";", "\u0000"],
};

const split = (text: string): string[] => text.match(lexemes) ?? [];

const placeIn = (list: readonly unknown[], random: Random): number =>
  random.between(0, Math.max(0, list.length - 1));

/** A word put in the place of another: of the same kind most times, from a list or from another program. */
const replaced = (parts: readonly string[], other: readonly string[], random: Random): readonly string[] => {
  const at = placeIn(parts, random);
  const kind = kindOf(parts[at] ?? "");
  const alike = other.filter((part) => kindOf(part) === kind);
  const [first, ...rest] = random.chance(10) ? other : alike;
  const fromOther = first === undefined ? "" : random.pick([first, ...rest]);
  const known = kind === "open" || kind === "close" ? null : random.pick(words[kind]);
  return parts.with(at, known !== null && random.chance(60) ? known : fromOther);
};

/** From an opening bracket to the one that closes it; null when it stays open. */
const groupAt = (parts: readonly string[], from: number): readonly [number, number] | null => {
  const start = parts.findIndex((part, i) => i >= from && kindOf(part) === "open");
  let depth = 0;
  for (let i = start; start >= 0 && i < parts.length; i++) {
    const kind = kindOf(parts[i] ?? "");
    if (kind === "open") depth++;
    if (kind === "close" && --depth === 0) return [start, i + 1];
  }
  return null;
};

/** What stands in brackets replaced by what stands in others, put into itself, or left out. */
const regrouped = (parts: readonly string[], other: readonly string[], random: Random): readonly string[] => {
  const group = groupAt(parts, placeIn(parts, random));
  const from = random.chance(50) ? parts : other;
  const taken = groupAt(from, placeIn(from, random));
  if (group === null || taken === null) return parts;
  const [start, end] = group;
  const inner = random.chance(20) ? [] : from.slice(...taken);
  const keeps = random.chance(30) ? start + 1 : start;
  return [...parts.slice(0, keeps), ...inner, ...parts.slice(keeps === start ? end : keeps)];
};

/** A piece of the program left out, doubled, moved or put many times. */
const cut = (parts: readonly string[], random: Random): readonly string[] => {
  const start = placeIn(parts, random);
  const end = Math.min(parts.length, start + random.pick([1, 1, 2, 3, 5, 9, 30]));
  const [before, piece, after] = [parts.slice(0, start), parts.slice(start, end), parts.slice(end)];
  switch (random.between(0, 3)) {
    case 0:
      return [...before, ...after];
    case 1:
      return [...before, ...piece, ...piece, ...after];
    case 2: {
      const at = placeIn(after, random);
      return [...before, ...after.slice(0, at), ...piece, ...after.slice(at)];
    }
    default:
      return [...before, ...Array.from({ length: random.pick([10, 70, 500]) }, () => piece).flat(), ...after];
  }
};

/** Lines doubled, left out, exchanged, or taken from another program. */
const relined = (text: string, other: string, random: Random): string => {
  const lines = text.split("\n");
  const [at, to] = [placeIn(lines, random), placeIn(lines, random)];
  const line = lines[at] ?? "";
  switch (random.between(0, 3)) {
    case 0:
      return lines.toSpliced(at, 1).join("\n");
    case 1:
      return lines
        .with(at, lines[to] ?? "")
        .with(to, line)
        .join("\n");
    case 2:
      return lines
        .toSpliced(at, 0, ...Array.from({ length: random.pick([1, 2, 40]) }, () => line))
        .join("\n");
    default: {
      const others = other.split("\n");
      const from = placeIn(others, random);
      return lines
        .toSpliced(at, random.between(0, 2), ...others.slice(from, from + random.between(1, 6)))
        .join("\n");
    }
  }
};

const wild: Words = [
  "\u0000",
  "\u202e",
  "\ufeff",
  "é",
  "\u{1f600}",
  "\ud800",
  "\\",
  '"',
  "#",
  "'",
  "\u2028",
  "\r",
];

/** Characters that nothing is known about. */
const recharactered = (text: string, random: Random): string => {
  const at = random.between(0, text.length);
  switch (random.between(0, 3)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + random.between(1, 4));
    case 2:
      return text.slice(0, at) + random.pick(wild) + text.slice(at);
    default:
      return text.slice(0, at) + String.fromCharCode(random.between(32, 126)) + text.slice(at + 1);
  }
};

/** Larger texts say nothing new, and the bounds of the language have tests of their own. */
const longest = 60_000;

const once = (text: string, other: string, random: Random): string => {
  const way = random.between(0, 99);
  if (way < 45) return replaced(split(text), split(other), random).join("");
  if (way < 60) return cut(split(text), random).join("");
  if (way < 75) return regrouped(split(text), split(other), random).join("");
  return way < 90 ? relined(text, other, random) : recharactered(text, random);
};

/** A program with some changes of words, brackets, lines or characters. */
export const mutateText = (text: string, other: string, random: Random): string => {
  let changed = text;
  for (let left = random.pick([1, 1, 1, 1, 1, 2, 2, 3, 5, 9]); left > 0 && changed !== ""; left--)
    changed = once(changed, other, random).slice(0, longest);
  return changed;
};
