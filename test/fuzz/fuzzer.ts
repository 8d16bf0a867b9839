import { survives } from "../rejected.ts";

/** What became of a file that is valid or refused; everything else is thrown. */
export type Outcome = "accepted" | "refused";

/** A format under test. */
export interface Fuzzer {
  readonly name: string;
  /** The bytes of a case: the same for the same number, on every machine. */
  readonly mutant: (seed: number) => Uint8Array;
  /** Reads bytes and checks what came out of them. Throws for anything but a valid value and a refusal. */
  readonly read: (bytes: Uint8Array) => Outcome;
}

/** Reads and checks: accepted, or refused with a reason. Everything else that is thrown passes through. */
export const outcomeOf = (read: () => void): Outcome => (survives(read) ? "accepted" : "refused");

/** Throws when something is wrong with what a reader took for valid. */
export const demandValid = (what: string, violations: readonly string[]): void => {
  if (violations.length > 0) throw new Error(`${what} is not valid: ${violations.join("; ")}`);
};

/** What one case may take. */
export const limits = { seconds: 2, bytes: 512 * 2 ** 20 } as const;
