import { inFile, Rejected } from "../../diagnostics/index.ts";
import { h5Diagnostics, malformed } from "./diagnostics.ts";
import { type Message, messageTypes } from "./header.ts";
import type { Image } from "./image.ts";
import { limits } from "./limits.ts";
import { childPath } from "./paths.ts";
import { tooLarge } from "./space.ts";
import { type Ledger, leavesOf } from "./tree-nodes.ts";
import { utf8From } from "./utf8.ts";

/** A name in a group and the object header that it stands for. */
export interface Link {
  readonly name: string;
  readonly header: number;
}

const linkFault = (image: Image, path: string, kind: string): Rejected =>
  new Rejected([h5Diagnostics.report("link", inFile(image.file), { path, kind })]);

/** A text of the local heap, up to its zero byte. */
const heapName = (
  image: Image,
  data: { readonly at: number; readonly size: number },
  offset: number,
): string => {
  if (offset >= data.size) throw malformed(image.file, data.at, "a name lies outside the name heap");
  const room = image.slice(data.at + offset, Math.min(data.size - offset, limits.name), "a name");
  const end = room.indexOf(0);
  if (end < 0) throw malformed(image.file, data.at + offset, "a name has no end");
  return utf8From(image, room.subarray(0, end), data.at + offset, "a name");
};

const symbolLinks = (image: Image, message: Message, path: string, ledger: Ledger): readonly Link[] => {
  const heap = image.u64(message.at + 8);
  image.mark(heap, "HEAP");
  const data = { at: image.u64(heap + 24), size: image.u64(heap + 8) };
  image.need(data.at, data.size, `the names of ${path}`);
  const nodes = leavesOf(image, image.u64(message.at), { type: 0, keySize: 8, path }, ledger);
  return nodes.flatMap(({ child }) => {
    image.mark(child, "SNOD");
    const count = image.u16(child + 6);
    image.need(child + 8, 40 * count, `the entries of ${path}`);
    return Array.from({ length: count }, (_, i): Link => {
      const entry = child + 8 + 40 * i;
      const name = heapName(image, data, image.u64(entry));
      if (image.u32(entry + 16) === 2) throw linkFault(image, childPath(path, name), "soft");
      return { name, header: image.u64(entry + 8) };
    });
  });
};

/** A link message (specification IV.A.2.g): only hard links have an address. */
const messageLink = (image: Image, { at }: Message, path: string): Link => {
  const flags = image.u8(at + 1);
  let next = at + 2;
  const kind = (flags & 8) === 0 ? 0 : image.u8(next++);
  if ((flags & 4) !== 0) next += 8;
  if ((flags & 16) !== 0) next += 1;
  const width = 1 << (flags & 3);
  const length = image.unsigned(next, width);
  const start = next + width;
  if (length > limits.name) throw tooLarge(image, path, length, "bytes in a name", limits.name);
  const name = utf8From(image, image.slice(start, length, "a link"), start, "a name");
  if (kind !== 0)
    throw linkFault(image, childPath(path, name), kind === 1 ? "soft" : kind === 64 ? "external" : "foreign");
  return { name, header: image.u64(start + length) };
};

const denseFault = (image: Image, path: string): Rejected => {
  const what = "the group keeps its links in a fractal heap";
  return new Rejected([h5Diagnostics.report("feature", inFile(image.file), { path, what })]);
};

/**
 * Links of a group, by a symbol table or by messages; null when the messages are not those of a group.
 * Throws Rejected (`h5/link`) for every kind of link that may lead out of the group.
 */
export const linksOf = (
  image: Image,
  messages: readonly Message[],
  path: string,
  ledger: Ledger,
): readonly Link[] | null => {
  const table = messages.find((m) => m.type === messageTypes.symbolTable);
  if (table !== undefined) return symbolLinks(image, table, path, ledger);
  const info = messages.find((m) => m.type === messageTypes.linkInfo);
  if (info === undefined) return null;
  const dense = image.address(info.at + ((image.u8(info.at + 1) & 1) === 0 ? 2 : 10));
  if (dense !== null) throw denseFault(image, path);
  return messages.filter((m) => m.type === messageTypes.link).map((m) => messageLink(image, m, path));
};
