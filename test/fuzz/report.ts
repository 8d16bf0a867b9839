/** What happened in one case. */
export type Verdict = "accepted" | "refused" | "crash" | "slow" | "memory" | "died" | "hang";

export interface Report {
  readonly seed: number;
  readonly verdict: Verdict;
  /** Of the processor, for reading. */
  readonly seconds: number;
  /** The most memory that the process has had so far. */
  readonly bytes: number;
  /** The error of a crash. */
  readonly detail: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** True for what a worker sends. */
export const isReport = (value: unknown): value is Report =>
  isRecord(value) && typeof value.seed === "number" && typeof value.verdict === "string";

/** Cases that must not be there. */
export const isBad = ({ verdict }: Report): boolean => verdict !== "accepted" && verdict !== "refused";
