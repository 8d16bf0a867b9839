/** What a user calls a node: its name, or that of its first output when it has none. */
export const nameOfNode = (node: {
  readonly name: string;
  readonly opType: string;
  readonly outputs: readonly string[];
}): string => {
  if (node.name !== "") return node.name;
  return node.outputs.find((name) => name !== "") ?? node.opType;
};
