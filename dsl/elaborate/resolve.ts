import { type Constants, type Item, standsForStage } from "./items.ts";
import type { Layer } from "./layers/layer.ts";
import { type Join, joinNamed, layerNamed } from "./layers/table.ts";

/** What a word in a pipe stands for. */
export type Found =
  | { readonly kind: "layer"; readonly layer: Layer }
  | { readonly kind: "join"; readonly join: Join }
  | { readonly kind: "item"; readonly item: Item }
  /** A name whose line could not be read. */
  | { readonly kind: "unread" }
  | { readonly kind: "unknown" };

/** Names of the program come first; none of them may be the name of a layer. */
export const resolve = (within: Constants, word: string): Found => {
  const layer = layerNamed(word);
  if (layer !== null) return { kind: "layer", layer };
  const join = joinNamed(word);
  if (join !== null) return { kind: "join", join };
  const item = within.get(word);
  if (item === null) return { kind: "unread" };
  return item === undefined ? { kind: "unknown" } : { kind: "item", item };
};

/** True for a word that stands for a stage: a layer, a block, a network or a shared stage. */
export const isStage = (within: Constants, word: string): boolean => {
  const found = resolve(within, word);
  if (found.kind !== "item") return found.kind === "layer" || found.kind === "join";
  const { item } = found;
  return item.kind === "word" ? resolve(item.within, item.text).kind !== "unknown" : standsForStage(item);
};
