import { collectFaults } from "../faults.ts";
import { parseSource } from "../parse/parse.ts";
import { type Source, sourceOf } from "../source.ts";
import type { Network } from "../syntax.ts";
import { libraryFileOf } from "./file.ts";
import { libraryTexts } from "./texts.ts";

/** A block of the library with the text that it was read from. */
export interface LibraryBlock {
  readonly block: Network;
  readonly source: Source;
}

export const libraryNames: readonly string[] = Object.keys(libraryTexts);

const isName = (name: string): name is keyof typeof libraryTexts => Object.hasOwn(libraryTexts, name);

const read = new Map<string, LibraryBlock>();

/** A block of the library, or null; each is read when it is first asked for. */
export const libraryBlock = (name: string): LibraryBlock | null => {
  const known = read.get(name);
  if (known !== undefined || !isName(name)) return known ?? null;
  const faults = collectFaults();
  const source = sourceOf(libraryFileOf(name), libraryTexts[name].trimStart());
  const [block] = parseSource(source, faults).declarations;
  if (faults.count() > 0 || block?.kind !== "block") throw new Error(`the library's ${name} cannot be read`);
  const made = { block, source };
  read.set(name, made);
  return made;
};
