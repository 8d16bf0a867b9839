/** Least number of letters to insert, drop, replace or swap; stops counting above `limit`. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1), swap),
      );
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? limit + 1;
};

const plain = (word: string): string => word.toLowerCase().replaceAll("_", "");

const longest = 40;

const mostCompared = 500;

/** The known word that was most likely meant, or null. */
export const closest = (word: string, all: readonly string[]): string | null => {
  const known = all.slice(0, mostCompared);
  if (word.length > longest) return null;
  const same = known.find((other) => plain(other) === plain(word));
  if (same !== undefined) return same;
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly word: string; readonly far: number } | null = null;
  for (const other of known) {
    const far = distance(word, other, limit);
    if (far <= limit && far < (best?.far ?? Infinity)) best = { word: other, far };
  }
  return best?.word ?? null;
};

const listed = 12;

export const list = (words: readonly string[]): string =>
  words.length > listed ? `${words.slice(0, listed).join(", ")}, ...` : words.join(", ");

/** What to type instead of an unknown word: the nearest known one, else all of them. */
export const meant = (word: string, known: readonly string[], otherwise = "none is declared"): string => {
  const near = closest(word, known);
  if (near !== null) return `did you mean \`${near}\`?`;
  return known.length === 0 ? otherwise : `there are ${list(known)}`;
};
