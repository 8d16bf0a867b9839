/** Bounds on what a file may ask for; checked before anything of that size is made. */
export const limits = {
  /** Nested messages. A node's tensor inside the deepest subgraph that is read has 29. */
  depth: 64,
  /** Graphs inside attributes of nodes inside graphs; the deepest real model seen has 2. */
  subgraphs: 8,
  rank: 8,
  extent: 2 ** 31 - 1,
  /** Elements of one tensor. */
  elements: 2 ** 28,
  /** Elements that a sparse tensor stands for; it may itself be tiny. */
  sparse: 2 ** 24,
  /** Elements that all sparse tensors stand for together. */
  allSparse: 2 ** 25,
  /** Nodes of the graph, of all subgraphs and of all local functions together. */
  nodes: 2 ** 18,
  initializers: 2 ** 18,
  functions: 2 ** 14,
  /** Inputs, outputs, attributes and list entries of all nodes and values together. */
  entries: 2 ** 22,
  /** Characters of a path to another file. */
  location: 1024,
} as const;
