/** Bounds on what a NIR graph may make us do; the largest network of the NIR paper has 4,096 values in a layer. */
export const limits = {
  /** Values of one node. */
  elements: 2 ** 23,
  /** Numbers that parameters of a file become, spread over neurons and in matrices of blocks. */
  spread: 2 ** 24,
  /** Places of one window. */
  taps: 2 ** 20,
  /** Entries of a matrix of blocks that is written out. */
  matrix: 2 ** 26,
} as const;
