import { codes } from "../native/codes.ts";
import { neurons } from "../native/neurons.ts";
import { activations } from "./activation.ts";
import type { Layer } from "./layer.ts";
import { conv, dense, depthwise } from "./linear.ts";
import { norms } from "./norm.ts";
import { pools } from "./pool.ts";
import { convTranspose, local } from "./spatial.ts";
import { views } from "./views.ts";

/** Layers of one input, by the word that the user writes. */
const layers: ReadonlyMap<string, Layer> = new Map(
  [
    ...[conv, depthwise, local, convTranspose, dense],
    ...[...pools, ...views, ...activations, ...norms, ...neurons, ...codes],
  ].map((layer) => [layer.signature.owner, layer]),
);

/** Layers of several inputs or outputs. */
const joins = ["concat", "split"] as const;

export type Join = (typeof joins)[number];

/** What other frameworks call our layers. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["linear", "dense"],
  ["gemm", "dense"],
  ["fc", "dense"],
  ["conv1d", "conv"],
  ["conv2d", "conv"],
  ["convolution", "conv"],
  ["maxpool2d", "max_pool"],
  ["avgpool2d", "avg_pool"],
  ["average_pool", "avg_pool"],
  ["global_average_pool", "global_avg_pool"],
  ["batchnorm2d", "batch_norm"],
  ["bn", "batch_norm"],
  ["hardtanh", "clip"],
  ["cat", "concat"],
]);

export const layerNamed = (word: string): Layer | null => layers.get(word) ?? null;

export const joinNamed = (word: string): Join | null => joins.find((join) => join === word) ?? null;

/** The layer that another framework calls so, or null. */
export const calledElsewhere = (word: string): string | null => elsewhere.get(word.toLowerCase()) ?? null;

/** True for a word that no name of a program may take. */
export const isLayer = (word: string): boolean => layers.has(word) || joinNamed(word) !== null;

export const layerWords: readonly string[] = [...layers.keys(), ...joins];
