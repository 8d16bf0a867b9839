import { leastSteps, type Population, type Projection } from "../ir/index.ts";

/** A projection between places in the list of populations. */
interface Step {
  readonly projection: number;
  readonly to: number;
}

/** Projections that take no step, by the place of their source, in the order of their targets. */
const stepless = (
  populations: readonly Population[],
  projections: readonly Projection[],
  hop: number,
): readonly (readonly Step[])[] => {
  const places = new Map(populations.map((p, i) => [p.id, i]));
  const next = populations.map((): Step[] => []);
  projections.forEach((q, projection) => {
    const [from, to] = [places.get(q.from), places.get(q.to)];
    if (from === undefined || to === undefined) return;
    if (leastSteps(q, populations[from], hop) === 0) next[from]?.push({ projection, to });
  });
  return next.map((list) => [...list].sort((a, b) => a.to - b.to || a.projection - b.projection));
};

interface Frame {
  readonly place: number;
  at: number;
}

/** Follows everything from one place; adds the projections that lead back to a place on the way to them. */
const follow = (
  next: readonly (readonly Step[])[],
  first: number,
  state: Uint8Array,
  found: Set<number>,
): void => {
  const [unseen, open, done] = [0, 1, 2];
  if (state[first] !== unseen) return;
  const stack: Frame[] = [{ place: first, at: 0 }];
  state[first] = open;
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const step = next[frame.place]?.[frame.at++];
    if (step === undefined) {
      state[frame.place] = done;
      stack.pop();
    } else if (state[step.to] === open) found.add(step.projection);
    else if (state[step.to] === unseen) {
      state[step.to] = open;
      stack.push({ place: step.to, at: 0 });
    }
  }
};

/**
 * Projections that close a cycle in which nothing takes a step, by their place in the list: those that lead back, when
 * populations are followed depth first in their order, inputs first.
 */
export const feedbacks = (
  populations: readonly Population[],
  projections: readonly Projection[],
  hop: number,
): ReadonlySet<number> => {
  const next = stepless(populations, projections, hop);
  const state = new Uint8Array(populations.length);
  const found = new Set<number>();
  const isInput = (place: number): boolean => populations[place]?.model.kind === "events";
  const order = populations.map((_, i) => i);
  for (const place of [...order.filter(isInput), ...order]) follow(next, place, state, found);
  return found;
};
