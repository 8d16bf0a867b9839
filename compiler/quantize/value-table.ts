import { integers, item } from "../ir/core/index.ts";
import type { LevelFunction } from "../ir/integer/index.ts";
import type { Course } from "./integer-values.ts";
import { firstTrue, type Leveled } from "./jump-table.ts";

/** Where the level of one part changes: `breaks[i]` is the first sum with level `values[i + 1]`. */
interface Changes {
  readonly breaks: number[];
  readonly values: number[];
}

/** Most sums that are tried one by one, for a function of which nothing is known. */
export const mostTried = 1 << 18;

/** Appends the changes on low .. high, between which the level never rises or never falls. */
const follow = (level: (sum: number) => number, low: number, high: number, found: Changes): void => {
  const between = (a: number, before: number, b: number, after: number): void => {
    if (before === after) return;
    if (b - a === 1) {
      found.breaks.push(b);
      found.values.push(after);
      return;
    }
    const middle = a + Math.floor((b - a) / 2);
    const here = level(middle);
    between(a, before, middle, here);
    between(middle, here, b, after);
  };
  between(low, item(found.values, found.values.length - 1), high, level(high));
};

const changesOf = (
  level: (sum: number) => number,
  course: Course,
  real: (sum: number) => number,
  [low, high]: readonly [number, number],
): Changes => {
  const found: Changes = { breaks: [], values: [level(low)] };
  switch (course.kind) {
    case "rises":
    case "falls":
      follow(level, low, high, found);
      return found;
    case "turns": {
      const turn = firstTrue((sum) => course.past(real(sum)), low, high);
      // One sum on either side belongs to both runs.
      for (const [from, to] of [
        [low, turn - 1],
        [Math.max(low, turn - 1), Math.min(high, turn)],
        [turn, high],
      ] as const)
        if (from < to) follow(level, from, to, found);
      return found;
    }
    default:
      for (let sum = low + 1; sum <= high; sum++) follow(level, sum - 1, sum, found);
      return found;
  }
};

/** What a table is made from, per part. */
export interface Tabled {
  readonly level: Leveled;
  readonly course: (part: number) => Course;
  /** The real value of a sum, which the course speaks of. */
  readonly real: Leveled;
  readonly bounds: (part: number) => readonly [number, number];
}

/**
 * The table of a function that may rise and fall: levels between breaks, exact on the proved sums. Parts with fewer breaks
 * repeat their last level behind sums that do not occur.
 */
export const valueTableOf = (
  name: string,
  parts: number,
  { level, course, real, bounds }: Tabled,
): LevelFunction => {
  const tables = Array.from({ length: parts }, (_, c) =>
    changesOf(
      (sum) => level(c, sum),
      course(c),
      (sum) => real(c, sum),
      bounds(c),
    ),
  );
  const count = tables.reduce((most, t) => Math.max(most, t.breaks.length), 1);
  const breaks = tables.flatMap((t, c) => [
    ...t.breaks,
    ...Array.from({ length: count - t.breaks.length }, () => bounds(c)[1] + 1),
  ]);
  const values = tables.flatMap((t) => [
    ...t.values,
    ...Array.from({ length: count - t.breaks.length }, () => item(t.values, t.values.length - 1)),
  ]);
  return {
    kind: "steps",
    breaks: integers(`${name}.breaks`, [parts, count], Float64Array.from(breaks)),
    values: integers(`${name}.values`, [parts, count + 1], Float64Array.from(values)),
    low: 0,
  };
};
