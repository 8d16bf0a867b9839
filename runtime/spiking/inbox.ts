import type { Site } from "./wiring.ts";

/** What arrives at one population: sums by step and place, in a ring of steps. Step t has slot t mod depth. */
export interface Inbox {
  readonly width: number;
  readonly depth: number;
  /** [depth, width]; positive contributions only when `negative` is there. */
  readonly sums: Float64Array;
  /** [depth, width]: sizes of the negative contributions, kept apart for arithmetic that saturates per sign. */
  readonly negative: Float64Array | null;
  /** 1 for a slot that something was added to. */
  readonly touched: Uint8Array;
}

export const openInbox = ({ width }: Site, depth: number, bySign: boolean): Inbox => ({
  width,
  depth,
  sums: new Float64Array(depth * width),
  negative: bySign ? new Float64Array(depth * width) : null,
  touched: new Uint8Array(depth),
});

/** Empties a slot. */
export const clearSlot = ({ width, sums, negative, touched }: Inbox, slot: number): void => {
  sums.fill(0, slot * width, (slot + 1) * width);
  negative?.fill(0, slot * width, (slot + 1) * width);
  touched[slot] = 0;
};
