import { basename } from "node:path";
import type { Diagnostic } from "../../diagnostics/index.ts";
import type { NativeNetwork } from "../../native/index.ts";
import { readNet } from "./read.ts";
import { type NetOptions, netToNative } from "./to-native.ts";

/** A network of Lava, and what was read in another way than it stands in the file. */
export interface ImportedNet {
  readonly network: NativeNetwork;
  readonly notes: readonly Diagnostic[];
}

/**
 * Reads a `.net` file of Lava into a network of chip neurons; it runs with the profile `loihi`. The input is `input`,
 * layer k the population `layerk`, the output `output` counts what the last layer sent (for a sigma layer that is the
 * sum itself). Throws Rejected with every fault found, by layer and field.
 */
export const importNet = (bytes: Uint8Array, file: string, options: NetOptions = {}): ImportedNet => {
  const { layers, notes } = readNet(bytes, file);
  const name = basename(file).replace(/\.net$/, "");
  const made = netToNative(layers, name, file, options);
  return { network: made.network, notes: [...notes, ...made.notes] };
};
