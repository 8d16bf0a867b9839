/**
 * What arrives at one population: sums by step and place, in a ring of steps whose depth is a power of two. With
 * `bySign`, positive contributions are at their place and the sizes of negative ones at width + place.
 */
export interface Inbox {
  readonly width: number;
  readonly depth: number;
  readonly bySign: boolean;
  readonly slots: readonly Float64Array[];
  /** 1 for a slot that something was added to. */
  readonly touched: Uint8Array;
}

/** An inbox that holds `steps` steps at once. */
export const openInbox = ({ width }: { readonly width: number }, steps: number, bySign: boolean): Inbox => {
  let depth = 1;
  while (depth < steps) depth *= 2;
  return {
    width,
    depth,
    bySign,
    slots: Array.from({ length: depth }, () => new Float64Array(bySign ? 2 * width : width)),
    touched: new Uint8Array(depth),
  };
};

/** Slot of a step: step mod depth. */
export const slotOf = ({ depth }: Inbox, step: number): number => step & (depth - 1);

/** Empties a slot. */
export const clearSlot = ({ slots, touched }: Inbox, slot: number): void => {
  slots[slot]?.fill(0);
  touched[slot] = 0;
};
