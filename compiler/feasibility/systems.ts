import { valueOf as numberOf, type Target } from "../target/index.ts";

/** The smallest system of a family that holds so many chips. */
export interface Fit {
  readonly system: string;
  /** Systems that are joined. */
  readonly count: number;
  readonly chips: number;
  readonly source: string;
}

/** The system of a family with the most chips, alone; null where none has a known size. */
export const largestSystem = ({ systems = [] }: Target): Pick<Fit, "system" | "chips"> | null =>
  systems.reduce<Pick<Fit, "system" | "chips"> | null>((largest, { name, chips }) => {
    const size = numberOf(chips);
    return size === null || size <= (largest?.chips ?? 0) ? largest : { system: name, chips: size };
  }, null);

/** Null when the family states no system, or none that is large enough. */
export const smallestSystem = ({ systems = [] }: Target, chips: number): Fit | null => {
  for (const { name, chips: fact, joined } of systems) {
    const size = numberOf(fact);
    if (size === null) continue;
    const count = Math.ceil(chips / size);
    if (count > 1 && joined === undefined) continue;
    const most = joined === undefined ? size : (numberOf(joined) ?? Infinity);
    if (count * size > most) continue;
    return { system: name, count, chips: count * size, source: fact.source };
  }
  return null;
};
