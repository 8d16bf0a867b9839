import { item } from "./numbers.ts";

/**
 * Places in an order in which each comes behind all that name it: `targets` holds, by place, the places that must come
 * later. What stands in or behind a cycle is left out.
 */
export const inOrder = (targets: readonly (readonly number[])[]): readonly number[] => {
  const open = new Int32Array(targets.length);
  for (const list of targets) for (const to of list) open[to] = item(open, to) + 1;
  const ready = targets.flatMap((_, place) => (open[place] === 0 ? [place] : []));
  for (const place of ready)
    for (const to of item(targets, place)) {
      open[to] = item(open, to) - 1;
      if (open[to] === 0) ready.push(to);
    }
  return ready;
};

/** `inOrder` of keys, each with the keys that must come later; keys that are not in the list say nothing. */
export const keysInOrder = <K>(keys: readonly K[], later: (key: K) => readonly K[]): readonly K[] => {
  const places = new Map(keys.map((key, place) => [key, place]));
  const targets = keys.map((key) => later(key).flatMap((next) => places.get(next) ?? []));
  return inOrder(targets).map((place) => item(keys, place));
};
