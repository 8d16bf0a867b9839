import type { Outcome } from "./fuzzer.ts";

/** The first case of a test, and how many there are. */
export const first = Number(process.env.SPIKEFOLD_FUZZ_FROM ?? 0);
export const count = Number(process.env.SPIKEFOLD_FUZZ ?? 250);

/** What became of the cases. Throws with the number of the first bad one. */
export const outcomesOf = (read: (seed: number) => Outcome): Readonly<Record<Outcome, number>> => {
  const outcomes: Record<Outcome, number> = { accepted: 0, refused: 0 };
  for (let seed = first; seed < first + count; seed++) {
    try {
      outcomes[read(seed)]++;
    } catch (error) {
      throw new Error(`case ${seed}`, { cause: error });
    }
  }
  return outcomes;
};
