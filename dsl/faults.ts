import { type Diagnostic, nowhere, Rejected } from "../compiler/diagnostics/index.ts";
import { fileFaults } from "./diagnostics/file.ts";

/** Collects what is wrong, so that one run reports all of it. */
export interface Faults {
  /** Ends what runs in `untilEnough` when there are too many. */
  readonly add: (fault: Diagnostic) => void;
  /** How many were added so far; a part that added none is fine. */
  readonly count: () => number;
  /** In the order of files and places; what has no place comes first. */
  readonly all: () => readonly Diagnostic[];
}

// A broken file of a mebibyte could fill the screen for an hour.
const most = 100;

// What comes behind so many follows from them, and finding what each word could have meant takes time.
const enough = 1000;

/** Ends the reading of a file that has too many faults. */
class Enough extends Error {}

const byPlace = (a: Diagnostic, b: Diagnostic): number => {
  const files = [a.where.file ?? "", b.where.file ?? ""] as const;
  if (files[0] !== files[1]) return files[0] < files[1] ? -1 : 1;
  return (a.where.line ?? 0) - (b.where.line ?? 0) || (a.where.column ?? 0) - (b.where.column ?? 0);
};

export const collectFaults = (): Faults => {
  const kept: Diagnostic[] = [];
  let count = 0;
  return {
    add: (fault) => {
      if (kept.length < most) kept.push(fault);
      count++;
      if (count >= enough) throw new Enough();
    },
    count: () => count,
    all: () => {
      const sorted = [...kept].sort(byPlace);
      if (count <= most) return sorted;
      const left = count < enough ? `${count - most}` : `${count - most} or more`;
      return [...sorted, fileFaults.report("many", nowhere, { most, left })];
    },
  };
};

/** What `work` makes. Null where it was ended because it found too many faults. */
export const untilEnough = <T>(work: () => T): T | null => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
    return null;
  }
};

/** What was made without a fault. Throws Rejected with everything that was collected, if there is anything. */
export const rejectFaults = <T>(faults: Faults, made: T | null): T => {
  if (faults.count() > 0 || made === null) throw new Rejected(faults.all());
  return made;
};
