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
