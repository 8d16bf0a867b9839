/** A list without nulls; null when it has one. What is null was reported. */
export const allKnown = <T>(items: readonly (T | null)[]): readonly T[] | null => {
  const known = items.filter((item) => item !== null);
  return known.length < items.length ? null : known;
};
