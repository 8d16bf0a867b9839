import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { dataDiagnostics } from "./diagnostics.ts";

/** A recording of an event camera, one entry an event, in the order of the file. */
export interface EventRecording {
  readonly count: number;
  readonly x: Uint8Array;
  readonly y: Uint8Array;
  /** 0 or 1 */
  readonly polarity: Uint8Array;
  /** Microseconds */
  readonly time: Int32Array;
}

const eventBytes = 5;

/**
 * Reads a `.bs2` recording (N-MNIST, Orchard et al. 2015): 5 bytes an event: x, y, then the polarity in the highest bit
 * and 23 bits of microseconds. Throws Rejected (`data/damaged`) when the bytes are no whole events.
 */
export const readBs2 = (bytes: Uint8Array, file: string): EventRecording => {
  const count = Math.floor(bytes.length / eventBytes);
  if (count * eventBytes !== bytes.length) {
    const fault = `it has ${bytes.length} bytes, which are no whole events of ${eventBytes}`;
    throw new Rejected([
      dataDiagnostics.report("damaged", inFile(file), { format: ".bs2", fault, tool: "the recorder" }),
    ]);
  }
  const x = new Uint8Array(count);
  const y = new Uint8Array(count);
  const polarity = new Uint8Array(count);
  const time = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const at = eventBytes * i;
    const high = bytes[at + 2] ?? 0;
    x[i] = bytes[at] ?? 0;
    y[i] = bytes[at + 1] ?? 0;
    polarity[i] = high >> 7;
    time[i] = ((high & 0x7f) << 16) | ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
  }
  return { count, x, y, polarity, time };
};

/** Events on a grid of time and pixels. */
export interface BinnedEvents {
  /** [polarity, y, x] */
  readonly shape: readonly [number, number, number];
  readonly steps: number;
  /** Step and flat index of each event, in the order of the recording; equal ones are events of their own. */
  readonly step: Int32Array;
  readonly element: Int32Array;
}

/**
 * Puts events into steps of `stepMicroseconds`. With `polarities` 1 both go into one channel. `steps` null: as many as
 * the recording lasts; else later events go into the last step. Throws Rejected (`data/event-range`) for an event
 * outside of the pixels.
 */
export const binEvents = (
  { count, x, y, polarity, time }: EventRecording,
  shape: readonly [polarities: number, rows: number, columns: number],
  stepMicroseconds: number,
  steps: number | null,
  file: string,
): BinnedEvents => {
  const [polarities, rows, columns] = shape;
  const step = new Int32Array(count);
  const element = new Int32Array(count);
  let lastStep = -1;
  for (let i = 0; i < count; i++) {
    const [column, row] = [x[i] ?? 0, y[i] ?? 0];
    if (column >= columns || row >= rows) {
      const holes = { index: i, column, row, columns, rows };
      throw new Rejected([dataDiagnostics.report("event-range", inFile(file), holes)]);
    }
    const at = Math.floor((time[i] ?? 0) / stepMicroseconds);
    step[i] = steps === null ? at : Math.min(at, steps - 1);
    lastStep = Math.max(lastStep, step[i] ?? 0);
    const channel = polarities === 1 ? 0 : (polarity[i] ?? 0);
    element[i] = (channel * rows + row) * columns + column;
  }
  return { shape, steps: steps ?? lastStep + 1, step, element };
};
