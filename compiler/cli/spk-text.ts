import { inFile, Rejected } from "../diagnostics/index.ts";
import { cliDiagnostics } from "./diagnostics.ts";

/** Byte that no UTF-8 text has here, counted from 0. */
const firstWrong = (bytes: Uint8Array): number => {
  const fits = (count: number): boolean => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, count), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(middle + 1)) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The text of a program; a byte order mark is left out. Throws Rejected (`cli/text-encoding`) for other bytes. */
export const textOfBytes = (bytes: Uint8Array, file: string): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const offset = firstWrong(bytes);
    throw new Rejected([cliDiagnostics.report("text-encoding", inFile(file), { offset })]);
  }
};
