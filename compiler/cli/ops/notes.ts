import { unreachable } from "../../diagnostics/index.ts";
import type { Refusal } from "../../feasibility/index.ts";
import type { SupportRow } from "./row.ts";
import type { Verdict } from "./verdict.ts";

/** Reasons in the order in which they are met, each once; a cell names them by number from 1. */
export interface Notes {
  readonly cell: (verdict: Verdict) => string;
  readonly lines: () => readonly string[];
}

const textOf = ({ stage, fault }: Refusal): string =>
  [`${stage}: ${fault.what}`, fault.why, fault.fix].filter((part) => part !== "").join("; ");

export const collectNotes = (): Notes => {
  const numbers = new Map<string, number>();
  const numbered = (refusal: Refusal): string => {
    const text = textOf(refusal);
    const number = numbers.get(text) ?? numbers.size + 1;
    numbers.set(text, number);
    return `[${number}]`;
  };
  const cell = (verdict: Verdict): string => {
    switch (verdict.place) {
      case "chip":
        return "chip";
      case "reader":
        return "reader";
      case "host":
        return verdict.inside === null ? "host" : `host ${numbered(verdict.inside)}`;
      case "refused":
        return `refused ${numbered(verdict.by)}`;
      default:
        return unreachable(verdict);
    }
  };
  return { cell, lines: () => [...numbers].map(([text, number]) => `[${number}] ${text}`) };
};

/** What the cells of the table mean. */
export const legend: readonly string[] = [
  "chip: runs on the chip, between layers too",
  "host: runs on the host, behind the last layer of the chip; the note says why not between layers",
  "reader: nothing is left of it when the model is read",
  "refused: the note says which stage refuses it, why, and what to change",
];

/** Cells of a row: name, what it becomes, a verdict for each target. */
export const cellsOf = ({ name, note, becomes, verdicts }: SupportRow, notes: Notes): readonly string[] => [
  note === "" ? name : `${name}, ${note}`,
  becomes.join(", "),
  ...verdicts.map(notes.cell),
];
