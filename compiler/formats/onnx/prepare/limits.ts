/** Bounds on what local functions may become; checked before the first one is expanded. */
export const limits = {
  /** As many as a file may have: 2^18 take about 0.7 s and 90 MB here. */
  nodes: 2 ** 18,
  /** Inputs and outputs of nodes together. */
  edges: 2 ** 22,
  /** Characters in the names of values. */
  characters: 2 ** 27,
  /** Functions that call functions; module-wise exports have about 10. */
  calls: 64,
  /** Of the name of a call that the names of its values start with. */
  prefix: 200,
} as const;
