/** A number from a data sheet with its source, or an honest gap. */
export type Fact<T = number> =
  | { readonly value: T; readonly unit: string; readonly source: string }
  | { readonly unknown: string; readonly source: string };

export const known = <T>(value: T, unit: string, source: string): Fact<T> => ({ value, unit, source });

export const unknown = (why: string, source: string): Fact<never> => ({ unknown: why, source });

/** The number, or null when nobody published it. */
export const valueOf = <T>(fact: Fact<T>): T | null => ("value" in fact ? fact.value : null);
