/** How a claim of the certificate is known. */
export type ObligationStatus = "proved" | "checked" | "tested" | "assumed";

/** One claim that exactness rests on, for one layer or for the whole network (layer null). */
export interface Obligation {
  readonly id: string;
  readonly layer: string | null;
  readonly status: ObligationStatus;
  /** What was computed, with its numbers. */
  readonly evidence: string;
}
