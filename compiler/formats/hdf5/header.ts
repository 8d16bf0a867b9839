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

/** How the messages of an object header are laid out: the blocks' first bytes, the form of one message. */
interface Form {
  readonly first: Block;
  /** Where messages of a continuation block lie in it. */
  readonly inside: (image: Image, block: Block) => Block;
  readonly prefix: number;
  readonly read: (image: Image, at: number) => Pick<Message, "type" | "size" | "shared">;
}

/** Version 1 (HDF5 File Format Specification 4.0, IV.A.1.a): 16 bytes, then messages with a prefix of 8. */
const firstForm = (image: Image, at: number): Form => ({
  first: { at: at + 16, size: image.u32(at + 8) },
  inside: (_, block) => block,
  prefix: 8,
  read: (bytes, from) => ({
    type: bytes.u16(from),
    size: bytes.u16(from + 2),
    shared: (bytes.u8(from + 4) & 2) !== 0,
  }),
});

const checksum = 4;

/** Version 2 (IV.A.1.b): signature, flags that say what follows, messages with a prefix of 4 or 6, a checksum. */
const secondForm = (image: Image, at: number): Form => {
  image.mark(at, "OHDR");
  const flags = image.u8(at + 5);
  const size = at + 6 + ((flags & 0x20) === 0 ? 0 : 16) + ((flags & 0x10) === 0 ? 0 : 4);
  const width = 1 << (flags & 3);
  const length = image.unsigned(size, width);
  return {
    first: { at: size + width, size: length },
    inside: (bytes, block) => {
      bytes.mark(block.at, "OCHK");
      return { at: block.at + 4, size: block.size - 4 - checksum };
    },
    prefix: (flags & 4) === 0 ? 4 : 6,
    read: (bytes, from) => ({
      type: bytes.u8(from),
      size: bytes.u16(from + 1),
      shared: (bytes.u8(from + 3) & 2) !== 0,
    }),
  };
};

const formOf = (image: Image, at: number, path: string): Form => {
  const version = image.u8(at);
  if (version === 1) return firstForm(image, at);
  if (version === 0x4f && image.u8(at + 4) === 2) return secondForm(image, at);
  throw malformed(image.file, at, `no object header of ${path} is there`);
};

/**
 * Messages of an object header, over all its blocks. Throws Rejected: `h5/truncated`, `h5/malformed`, `h5/limit`.
 */
export const messagesOf = (image: Image, at: number, path: string): readonly Message[] => {
  const form = formOf(image, at, path);
  const blocks: Block[] = [form.first];
  const starts = new Set<number>();
  const messages: Message[] = [];
  for (const block of blocks) {
    if (starts.has(block.at)) throw malformed(image.file, block.at, "an object header continues into itself");
    starts.add(block.at);
    image.need(block.at, block.size, `the object header of ${path}`);
    const end = block.at + block.size;
    for (let next = block.at; next + form.prefix <= end; ) {
      const message = { ...form.read(image, next), at: next + form.prefix };
      if (message.at + message.size > end)
        throw malformed(image.file, next, `a message of ${path} is longer than its header`);
      messages.push(message);
      if (messages.length > limits.messages) throw tooMany(image, path, messages.length);
      if (message.type === messageTypes.continuation) {
        const more = { at: image.u64(message.at), size: image.u64(message.at + 8) };
        blocks.push(form.inside(image, more));
      }
      next = message.at + message.size;
    }
  }
  return messages;
};

const tooMany = (image: Image, path: string, count: number): Rejected => {
  const holes = { path, count, what: "header messages", limit: limits.messages };
  return new Rejected([h5Diagnostics.report("limit", inFile(image.file), holes)]);
};
