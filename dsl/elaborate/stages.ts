/** One level of stage names: stages without a name are called by their word and counted. */
export interface Level {
  readonly prefix: string;
  readonly counts: Map<string, number>;
  /** Paths of all levels of the network, so that a name stands once. */
  readonly taken: Set<string>;
}

export const topLevel = (): Level => ({ prefix: "", counts: new Map(), taken: new Set() });

/** The level below a named block or loop, by its full path. */
export const levelAt = (level: Level, path: string): Level => ({
  prefix: `${path}.`,
  counts: new Map(),
  taken: level.taken,
});

/** A level whose names may stand again, as each use of a shared stage has the same ones. */
export const levelAgain = (path: string): Level => ({
  prefix: `${path}.`,
  counts: new Map(),
  taken: new Set(),
});

const countedName = (level: Level, word: string): string => {
  const count = (level.counts.get(word) ?? 0) + 1;
  level.counts.set(word, count);
  return `${word}${count}`;
};

/** The full path of a stage, or null when the path is taken. */
export const takeName = (level: Level, name: string): string | null => {
  const path = `${level.prefix}${name}`;
  if (level.taken.has(path)) return null;
  level.taken.add(path);
  return path;
};

/** The path of a stage without a name: its word and the next free number. */
export const takeCounted = (level: Level, word: string): string => {
  for (;;) {
    const path = takeName(level, countedName(level, word));
    if (path !== null) return path;
  }
};
