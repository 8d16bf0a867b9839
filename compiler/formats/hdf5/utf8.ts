import { malformed } from "./diagnostics.ts";
import type { Image } from "./image.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of bytes that stand at `at`. Throws Rejected (`h5/malformed`) for other bytes than UTF-8. */
export const utf8From = (image: Image, bytes: Uint8Array, at: number, what: string): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed(image.file, at, `${what} is not UTF-8`);
  }
};
