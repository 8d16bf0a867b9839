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

/** What one case may take. */
export const limits = { seconds: 2, bytes: 512 * 2 ** 20 } as const;
