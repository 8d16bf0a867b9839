import type { Backend } from "../../target/index.ts";
import type { Verdict } from "./verdict.ts";

export type Format = "onnx" | "spk" | "nir";

/** One way to write an operator, what it becomes and where it runs. */
export interface SupportRow {
  readonly format: Format;
  /** The operator, word or type, as the file has it. */
  readonly name: string;
  /** What tells this use from others of the same name; empty for the only one. */
  readonly note: string;
  /** Ops of the tensor level, or of networks with neurons; empty when nothing is left. */
  readonly becomes: readonly string[];
  /** One for each target asked for. */
  readonly verdicts: readonly Verdict[];
}

/** What a format has, and the rows of one name. */
export interface RowMaker {
  readonly names: readonly string[];
  readonly rows: (name: string, backends: readonly Backend[]) => readonly SupportRow[];
}
