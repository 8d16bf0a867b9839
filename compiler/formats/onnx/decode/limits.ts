/** Bounds on what a file may ask for; checked before anything of that size is made. */
export const limits = {
  /** Nested messages. The deepest real path (model, graph, node, attribute, tensor) has 5. */
  depth: 64,
  rank: 8,
  extent: 2 ** 31 - 1,
  /** Elements of one tensor. */
  elements: 2 ** 28,
  nodes: 2 ** 18,
  initializers: 2 ** 18,
  /** Inputs, outputs, attributes and list entries of all nodes and values together. */
  entries: 2 ** 22,
} as const;
