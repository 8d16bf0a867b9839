import { InvalidArgumentError } from "commander";

/** A whole number in low..high, for commander. */
export const wholeNumber =
  (low: number, high: number) =>
  (text: string): number => {
    const n = Number(text);
    if (!Number.isSafeInteger(n) || n < low || n > high)
      throw new InvalidArgumentError(`give a whole number from ${low} to ${high}.`);
    return n;
  };

/** A finite number above low and at most high. */
export const realNumber =
  (low: number, high: number) =>
  (text: string): number => {
    const n = Number(text);
    if (text.trim() === "" || !Number.isFinite(n) || n <= low || n > high)
      throw new InvalidArgumentError(`give a number above ${low}, at most ${high}.`);
    return n;
  };

export const anyNumber = (text: string): number => {
  const n = Number(text);
  if (text.trim() === "" || !Number.isFinite(n)) throw new InvalidArgumentError("give a number.");
  return n;
};

/** Collects a repeatable option. */
export const repeated = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...text.split(","),
];
