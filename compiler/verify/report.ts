export interface Obligation {
  readonly id: string;
  readonly layer: string | null;
  readonly status: "proved" | "checked" | "tested" | "assumed";
  readonly evidence: string;
}

export interface Verdict {
  readonly accepted: boolean;
  readonly obligations: readonly Obligation[];
  readonly firstFailure: string | null;
}

/** Notes a claim that was found to hold. */
export type Report = (
  id: string,
  layer: string | null,
  evidence: string,
  status?: Obligation["status"],
) => void;
