import { type Diagnostic, nowhere, Rejected } from "../compiler/diagnostics/index.ts";
import { fileFaults } from "./diagnostics/file.ts";

/** Collects what is wrong, so that one run reports all of it. */
export interface Faults {
  readonly add: (fault: Diagnostic) => void;
  /** How many were added so far; a part that added none is fine. */
  readonly count: () => number;
  /** In the order of files and places; what has no place comes first. */
  readonly all: () => readonly Diagnostic[];
}

// A broken file of a mebibyte could fill the screen for an hour.
const most = 100;

const byPlace = (a: Diagnostic, b: Diagnostic): number => {
  const files = [a.where.file ?? "", b.where.file ?? ""] as const;
  if (files[0] !== files[1]) return files[0] < files[1] ? -1 : 1;
  return (a.where.line ?? 0) - (b.where.line ?? 0) || (a.where.column ?? 0) - (b.where.column ?? 0);
};

export const collectFaults = (): Faults => {
  const kept: Diagnostic[] = [];
  let left = 0;
  return {
    add: (fault) => {
      if (kept.length < most) kept.push(fault);
      else left++;
    },
    count: () => kept.length + left,
    all: () => {
      const sorted = [...kept].sort(byPlace);
      return left === 0 ? sorted : [...sorted, fileFaults.report("many", nowhere, { most, left })];
    },
  };
};

/** Throws Rejected with everything that was collected, if there is anything. */
export const rejectFaults = (faults: Faults): void => {
  if (faults.count() > 0) throw new Rejected(faults.all());
};
