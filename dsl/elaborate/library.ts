import { libraryBlock, libraryNames } from "../library/index.ts";
import type { Context } from "./context.ts";
import { type BlockItem, type Constants, scopeIn } from "./items.ts";

/** The blocks of the library, behind all names of a program. */
export const libraryScope = (context: Context): Constants => {
  const items = new Map<string, BlockItem>();
  const scope = scopeIn({
    get: (name) => {
      const known = items.get(name);
      const found = known === undefined ? libraryBlock(name) : null;
      if (found === null) return known;
      context.sources.set(found.source.file, found.source);
      const item: BlockItem = {
        kind: "block",
        block: found.block,
        within: scope,
        span: found.block.name.span,
      };
      items.set(name, item);
      return item;
    },
    has: (name) => libraryNames.includes(name),
    // A wrong number is no block.
    keys: () => [],
  });
  return scope;
};
