import type { TensorNode, Weight } from "../ir/index.ts";

/** What has axes: the value of a node, or a weight. Parameter vectors are taken as flat lists, on axis 0. */
export type Holder = TensorNode | Weight;

/** How re-indexing treats a member: means or selections of rows and vectors, sums of the columns that read. */
export type Role = "producer" | "vector" | "consumer" | "value";

interface Slot {
  readonly holder: Holder;
  readonly axis: number;
  readonly role: Role;
  readonly extent: number;
  /** Index i of the parent covers [i block, (i + 1) block) of this axis. A root has none. */
  parent: Slot | null;
  block: number;
  frozen: string | null;
}

/** A slot with the slot that stands for its space. */
export interface Found {
  readonly holder: Holder;
  readonly axis: number;
  readonly role: Role;
  readonly extent: number;
  readonly block: number;
  readonly root: object;
  readonly frozen: string | null;
}

/** Axes that must be re-indexed together, found by union; axes that cannot be re-indexed are frozen. */
export interface Slots {
  readonly add: (holder: Holder, axis: number, extent: number, role: Role) => void;
  /** Index i of the first axis covers [i ratio, (i + 1) ratio) of the second. */
  readonly join: (
    first: Holder,
    firstAxis: number,
    second: Holder,
    secondAxis: number,
    ratio: number,
  ) => void;
  readonly freeze: (holder: Holder, axis: number, why: string) => void;
  /** In the order in which they were added. */
  readonly all: () => readonly Found[];
}

const rootOf = (slot: Slot): { readonly root: Slot; readonly block: number } => {
  if (slot.parent === null) return { root: slot, block: 1 };
  const above = rootOf(slot.parent);
  slot.block *= above.block;
  slot.parent = above.root;
  return { root: slot.parent, block: slot.block };
};

const link = (child: Slot, parent: Slot, block: number): void => {
  parent.frozen ??= child.frozen;
  child.parent = parent;
  child.block = block;
};

/** Joins two slots where index i of `a` covers `ratio` of `b`; both are frozen when neither grid contains the other. */
const unite = (a: Slot, b: Slot, ratio: number): void => {
  const first = rootOf(a);
  const second = rootOf(b);
  // Blocks of the two roots, both measured on the axis of b.
  const [wide, narrow] = [first.block * ratio, second.block];
  if (first.root === second.root) {
    if (wide !== narrow) first.root.frozen ??= "one axis is split in two ways";
  } else if (wide % narrow === 0) link(second.root, first.root, wide / narrow);
  else if (narrow % wide === 0) link(first.root, second.root, narrow / wide);
  else {
    first.root.frozen ??= "one axis is split in two ways";
    second.root.frozen ??= "one axis is split in two ways";
  }
};

const described = (slot: Slot): Found => {
  const { root, block } = rootOf(slot);
  const { holder, axis, role, extent } = slot;
  return { holder, axis, role, extent, block, root, frozen: root.frozen };
};

export const makeSlots = (): Slots => {
  const byHolder = new Map<Holder, Map<number, Slot>>();
  const all: Slot[] = [];
  const get = (holder: Holder, axis: number): Slot => {
    const slot = byHolder.get(holder)?.get(axis);
    if (slot === undefined) throw new Error(`axis ${axis} was not added`);
    return slot;
  };
  return {
    add: (holder, axis, extent, role) => {
      const axes = byHolder.get(holder) ?? new Map<number, Slot>();
      byHolder.set(holder, axes);
      if (axes.has(axis)) return;
      const slot: Slot = { holder, axis, role, extent, parent: null, block: 1, frozen: null };
      axes.set(axis, slot);
      all.push(slot);
    },
    join: (first, firstAxis, second, secondAxis, ratio) =>
      unite(get(first, firstAxis), get(second, secondAxis), ratio),
    freeze: (holder, axis, why) => {
      rootOf(get(holder, axis)).root.frozen ??= why;
    },
    all: () => all.map(described),
  };
};
