import { inFile, Rejected } from "../../diagnostics/index.ts";
import { h5Diagnostics, malformed } from "./diagnostics.ts";
import type { Image } from "./image.ts";
import { limits } from "./limits.ts";

/** One message of an object header: where its content lies in the file. */
export interface Message {
  readonly type: number;
  readonly at: number;
  readonly size: number;
  /** The content is elsewhere: a committed datatype. */
  readonly shared: boolean;
}

export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  continuation: 0x10,
  symbolTable: 0x11,
} as const;

interface Block {
  readonly at: number;
  readonly size: number;
}

/**
 * Messages of a version 1 object header, over all its blocks (HDF5 File Format Specification 4.0, IV.A.1.a).
 * Throws Rejected: `h5/version`, `h5/truncated`, `h5/malformed`, `h5/limit`.
 */
export const messagesOf = (image: Image, at: number, path: string): readonly Message[] => {
  const version = image.u8(at);
  if (version !== 1) {
    const newer = version === 0x4f;
    if (!newer) throw malformed(image.file, at, `object header of ${path} has version ${version}`);
    const holes = { what: `the object header of ${path}`, found: 2, known: 1 };
    throw new Rejected([h5Diagnostics.report("version", inFile(image.file), holes)]);
  }
  const blocks: Block[] = [{ at: at + 16, size: image.u32(at + 8) }];
  const starts = new Set<number>();
  const messages: Message[] = [];
  for (const block of blocks) {
    if (starts.has(block.at)) throw malformed(image.file, block.at, "an object header continues into itself");
    starts.add(block.at);
    image.need(block.at, block.size, `the object header of ${path}`);
    const end = block.at + block.size;
    for (let next = block.at; next + 8 <= end; ) {
      const message = readMessage(image, next, end, path);
      messages.push(message);
      if (messages.length > limits.messages) throw tooMany(image, path, messages.length);
      if (message.type === messageTypes.continuation)
        blocks.push({ at: image.u64(message.at), size: image.u64(message.at + 8) });
      next = message.at + message.size;
    }
  }
  return messages;
};

const tooMany = (image: Image, path: string, count: number): Rejected =>
  new Rejected([
    h5Diagnostics.report("limit", inFile(image.file), {
      path,
      count,
      what: "header messages",
      limit: limits.messages,
    }),
  ]);

const readMessage = (image: Image, at: number, end: number, path: string): Message => {
  const size = image.u16(at + 2);
  const content = at + 8;
  if (content + size > end) throw malformed(image.file, at, `a message of ${path} is longer than its header`);
  return { type: image.u16(at), at: content, size, shared: (image.u8(at + 4) & 2) !== 0 };
};
