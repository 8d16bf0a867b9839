/** Bounds on what an HDF5 file may make us do; far above any network seen (the corpus has 300 objects at most). */
export const limits = {
  objects: 2 ** 17,
  depth: 32,
  rank: 8,
  elements: 2 ** 28,
  /** Messages of one object header. */
  messages: 4096,
  /** Nodes of all B-trees. */
  treeNodes: 2 ** 18,
  /** Bytes of one name. */
  name: 4096,
} as const;
