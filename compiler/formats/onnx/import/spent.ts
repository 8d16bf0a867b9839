/** What the reading of one model may take in total; a small file can ask for much. */
export const mostSpent = {
  /** 0.5 to 2 s. */
  work: { subject: "operations on constants", limit: 2 ** 28 },
  /** 400 MB. */
  elements: { subject: "elements in computed constants", limit: 3 * 2 ** 24 },
  /** A loop reads its body again for every step. */
  nodes: { subject: "nodes in branches and in steps of loops", limit: 2 ** 14 },
} as const;

export type Resource = keyof typeof mostSpent;

/** What a reading has taken so far. */
export type Spent = Record<Resource, number>;

export const nothingSpent = (): Spent => ({ work: 0, elements: 0, nodes: 0 });
