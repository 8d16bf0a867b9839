import { gunzipSync, inflateRawSync } from "node:zlib";
import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { unpackedLimit } from "./limits.ts";

const plain = (buffer: Uint8Array): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);

const tooMuch = (error: unknown): boolean =>
  error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";

/** Throws Rejected (`data/expands`) for a file of `packed` bytes that would unpack to `unpacked`. */
export const checkExpansion = (packed: number, unpacked: number, file: string): void => {
  const limit = unpackedLimit(packed);
  if (unpacked > limit)
    throw new Rejected([dataDiagnostics.report("expands", inFile(file), { packed, unpacked, limit })]);
};

/** Unpacks exactly `size` bytes of deflate data; null when there are more, fewer, or the data is damaged. */
export const inflateExactly = (bytes: Uint8Array, size: number): Uint8Array | null => {
  try {
    const inflated = inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
    return inflated.length === size ? plain(inflated) : null;
  } catch {
    return null;
  }
};

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Unpacks a gzip file; stops while unpacking at the limit. Throws Rejected: `data/expands`, `data/damaged`. */
export const gunzip = (bytes: Uint8Array, file: string): Uint8Array => {
  const limit = unpackedLimit(bytes.length);
  try {
    return plain(gunzipSync(bytes, { maxOutputLength: limit }));
  } catch (error) {
    if (tooMuch(error)) {
      const holes = { packed: bytes.length, unpacked: "more", limit };
      throw new Rejected([dataDiagnostics.report("expands", inFile(file), holes)]);
    }
    const fault = error instanceof Error ? error.message : String(error);
    throw new Rejected([
      dataDiagnostics.report("damaged", inFile(file), { format: "gzip", fault, tool: "gzip" }),
    ]);
  }
};
