import { malformed } from "./diagnostics.ts";
import type { Image } from "./image.ts";
import { limits } from "./limits.ts";
import { tooLarge } from "./space.ts";

/** What bounds the walk of a whole file: objects, tree nodes, bytes that were unpacked. */
export interface Ledger {
  objects: number;
  treeNodes: number;
  unpacked: number;
}

/** One child of a leaf: the address, and where its key starts. */
export interface Leaf {
  readonly child: number;
  readonly key: number;
}

/**
 * Leaves of a version 1 B-tree in order (specification III.A.1): `type` 0 for groups, 1 for chunks, `keySize`
 * bytes a key. Throws Rejected for a node that is reached twice or stands at the wrong level.
 */
export const leavesOf = (
  image: Image,
  root: number,
  { type, keySize, path }: { readonly type: number; readonly keySize: number; readonly path: string },
  ledger: Ledger,
): readonly Leaf[] => {
  const leaves: Leaf[] = [];
  const seen = new Set<number>();
  const pending: { readonly at: number; readonly level: number | null }[] = [{ at: root, level: null }];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const { at } = node;
    image.mark(at, "TREE");
    if (seen.has(at)) throw malformed(image.file, at, "a tree node is its own descendant");
    seen.add(at);
    if (++ledger.treeNodes > limits.treeNodes)
      throw tooLarge(image, path, ledger.treeNodes, "tree nodes", limits.treeNodes);
    const level = image.u8(at + 5);
    if (image.u8(at + 4) !== type || (node.level !== null && level !== node.level))
      throw malformed(image.file, at, "a tree node of the wrong kind or level");
    const used = image.u16(at + 6);
    const entries = Array.from({ length: used }, (_, i) => {
      const key = at + 24 + i * (keySize + 8);
      return { key, child: image.u64(key + keySize) };
    });
    if (level === 0) leaves.push(...entries);
    else for (const { child } of entries.toReversed()) pending.push({ at: child, level: level - 1 });
  }
  return leaves;
};
