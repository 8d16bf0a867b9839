import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Path of a file in the repository. */
export const repoFile = (path: string): string => `${root}${path}`;

/** Bytes of a file in the repository. */
export const repoBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(repoFile(path)));

/** Path of a file in `../shared/data`, beside the repository, or null when it is not there. Tests skip then. */
export const sharedData = (path: string): string | null => {
  const full = `${root}../shared/data/${path}`;
  return existsSync(full) ? full : null;
};
