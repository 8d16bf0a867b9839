import { isWhole, type Rational, toNumber } from "../rational.ts";
import { allKnown } from "./all-known.ts";
import type { Item, WordItem } from "./items.ts";
import { type Dimension, inBase, saysOf } from "./units.ts";

/** What an option accepts. */
export interface Kind<T> {
  readonly says: string;
  readonly example: string;
  /** The unit that a number must carry; null for a bare number or no number. */
  readonly dimension: Dimension | null;
  /** A number must be whole. */
  readonly whole: boolean;
  readonly read: (item: Item) => T | null;
}

const bare = <T>(says: string, example: string, read: (item: Item) => T | null): Kind<T> => ({
  says,
  example,
  dimension: null,
  whole: false,
  read,
});

const largestInteger = 2 ** 31 - 1;

const integerOf = (item: Item, low: number): number | null => {
  if (item.kind !== "number" || !isWhole(item.value)) return null;
  const value = toNumber(item.value);
  return value >= low && value <= largestInteger ? value : null;
};

const unitless = (item: Item): Item | null => (item.kind === "number" && item.unit !== null ? null : item);

const wholeFrom = (says: string, low: number): Kind<number> => ({
  ...bare(says, String(Math.max(low, 1)), (item) => (unitless(item) === null ? null : integerOf(item, low))),
  whole: true,
});

export const count = wholeFrom("a whole number from 1 on", 1);

export const natural = wholeFrom("a whole number from 0 on", 0);

export const integer = wholeFrom("a whole number", -largestInteger);

const within = (kind: Kind<number>, says: string, holds: (value: number) => boolean): Kind<number> => ({
  ...kind,
  says,
  read: (item) => {
    const value = kind.read(item);
    return value !== null && holds(value) ? value : null;
  },
});

/** A count that may say what it counts: `512` or `512 samples`. */
export const counted = (unit: string): Kind<number> =>
  bare(`a number of ${unit}`, "512", (item) => {
    const named = item.kind === "number" && item.unit !== null ? item.unit.text : unit;
    return named === unit || `${named}s` === unit ? integerOf(item, 0) : null;
  });

export const real: Kind<number> = bare("a number", "1", (item) =>
  item.kind === "number" && item.unit === null ? toNumber(item.value) : null,
);

export const distance = within(real, "a number from 0 on", (v) => v >= 0);

export const aboveZero = within(real, "a number above 0", (v) => v > 0);

/** `2:4`: two of every four. */
export const ratio: Kind<{ readonly part: number; readonly whole: number }> = bare(
  "a ratio such as 2:4",
  "2:4",
  (item) => (item.kind === "ratio" && item.part >= 1 && item.part <= item.whole ? item : null),
);

const numbers = (says: string, example: string, low: number): Kind<readonly number[]> =>
  bare(says, example, (item) => {
    const items = item.kind === "list" ? item.items : [item];
    return allKnown(items.map((part) => (unitless(part) === null ? null : integerOf(part, low))));
  });

/** A list of extents. */
export const whole = numbers("a list of whole numbers from 1 on", "[16, 8, 8]", 1);

/** One whole number from 0 on, or a list of them. */
export const naturals = numbers("whole numbers from 0 on", "[1, 0, 2]", 0);

const positive = (extents: readonly number[]): readonly number[] | null =>
  extents.every((extent) => extent >= 1 && extent <= largestInteger) ? extents : null;

/** `3x3`, or a plain `5` for one axis. */
export const size: Kind<readonly number[]> = bare("a size such as 3x3", "3x3", (item) => {
  if (item.kind === "size") return positive(item.extents);
  const single = count.read(item);
  return single === null ? null : [single];
});

/** One number for every axis, or a size. */
export const perAxis: Kind<number | readonly number[]> = bare(
  "a whole number, or a size such as 2x1",
  "2",
  (item) => (item.kind === "size" ? positive(item.extents) : count.read(item)),
);

/** A name that stands for itself; a network of the file may have it too. */
const plainName = (item: Item): string | null => {
  if (item.kind === "network") return item.name;
  return item.kind === "word" && item.args === null ? item.text : null;
};

export type Padding = number | "same" | "same_upper" | "same_lower";

const paddingWords = ["same", "same_upper", "same_lower"] as const;

export const padding: Kind<Padding> = bare(
  "a number for both sides, same, same_upper or same_lower",
  "1",
  (item) => {
    const name = plainName(item);
    return name === null ? natural.read(item) : (paddingWords.find((word) => word === name) ?? null);
  },
);

export const word = <const W extends string>(...words: readonly W[]): Kind<W> =>
  bare(
    words.length === 1 ? `${words[0]}` : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`,
    words[0] ?? "",
    (item) => {
      const name = plainName(item);
      return words.find((w) => w === name) ?? null;
    },
  );

export const truth: Kind<"true" | "false"> = word("true", "false");

/** The name of something declared, with the place of its use. */
export const reference: Kind<WordItem> = bare("the name of a declaration", "test", (item) =>
  item.kind === "word" && item.args === null ? item : null,
);

export const text: Kind<Item & { readonly kind: "text" }> = bare(
  "a text in double quotes",
  '"file"',
  (item) => (item.kind === "text" ? item : null),
);

/** A stage as a word, or in quotes when it is none. */
export type StageName = Item & { readonly kind: "word" | "text" };

const isStageName = (item: Item): item is StageName =>
  item.kind === "text" || (item.kind === "word" && item.args === null);

export const stages: Kind<readonly StageName[]> = bare("a list of stages", "[conv1]", (item) =>
  item.kind === "list" && item.items.every(isStageName) ? item.items.filter(isStageName) : null,
);

/** A number with a unit, exact, in the base unit. */
export const exactly = (dimension: Dimension, example: string): Kind<Rational> => ({
  says: saysOf(dimension),
  example,
  dimension,
  whole: false,
  read: (item) =>
    item.kind !== "number" || item.unit === null ? null : inBase(dimension, item.value, item.unit.text),
});

/** A number with a unit, in the base unit. */
export const measured = (dimension: Dimension, example: string): Kind<number> => {
  const exact = exactly(dimension, example);
  return {
    ...exact,
    read: (item) => {
      const value = exact.read(item);
      return value === null ? null : toNumber(value);
    },
  };
};

export const share = within(
  measured("share", "50%"),
  "a share above 0% and up to 100%",
  (v) => v > 0 && v <= 1,
);

export const bits = within(
  measured("bits", "8 bits"),
  "a number of bits from 1 to 16",
  (v) => Number.isInteger(v) && v >= 1 && v <= 16,
);

export const levels = within(
  measured("levels", "15 levels"),
  "a number of levels from 1 to 65535",
  (v) => Number.isInteger(v) && v >= 1 && v <= 65535,
);
