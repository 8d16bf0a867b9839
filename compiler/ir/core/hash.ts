import { createHash } from "node:crypto";

/** SHA-256 over the parts in order, in lower-case hexadecimal. */
export const sha256 = (...parts: readonly (Uint8Array | string)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};
