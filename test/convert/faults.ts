import {
  channelsOf,
  integers,
  item,
  jump,
  type LevelFunction,
  levelRange,
  type Population,
  type SpikingNetwork,
  valuesOf,
} from "../../compiler/ir/index.ts";
import { byProjection, type Carrier } from "../../runtime/spiking/index.ts";
import type { Changes } from "./agreement.ts";

type Staircase = (fn: LevelFunction) => LevelFunction;

const withFunctions =
  (change: Staircase) =>
  (network: SpikingNetwork): SpikingNetwork => ({
    ...network,
    populations: network.populations.map(
      (p): Population =>
        p.model.kind === "levels" ? { ...p, model: { kind: "levels", fn: change(p.model.fn) } } : p,
    ),
  });

/** S > J_k instead of S >= J_k: every jump one later. */
const strict: Staircase = (fn) => {
  const [low, high] = levelRange(fn);
  const jumps = Array.from({ length: channelsOf(fn) }, (_, c) =>
    Array.from({ length: high - low }, (_, k) => jump(fn, c, low + k + 1) + 1),
  );
  const breaks = integers("strict", [jumps.length, high - low], Float64Array.from(jumps.flat()));
  return { kind: "steps", breaks, values: null, low };
};

const thetaOffByOne: Staircase = (fn) =>
  fn.kind === "uniform"
    ? {
        ...fn,
        theta: integers(
          "theta",
          fn.theta.shape,
          valuesOf(fn.theta).map((t) => t + 1),
        ),
      }
    : fn;

/** Loses the first message that reaches a synapse. */
const dropping: Carrier = {
  extraDelay: 0,
  open: (wiring, inboxes) => {
    const inner = byProjection().open(wiring, inboxes);
    let lost = false;
    return {
      send: (from, element, amount, step) => {
        const reaches = item(wiring.sites, from).wires.some(
          (w) => item(w.offsets, element) < item(w.offsets, element + 1),
        );
        if (lost || !reaches) return inner.send(from, element, amount, step);
        lost = true;
        return 0;
      },
    };
  },
};

/** Never takes a digit back: what the subtraction of theta a level took is added to the sum again. */
const withoutReset: Carrier = {
  extraDelay: 0,
  open: (wiring, inboxes) => {
    const inner = byProjection().open(wiring, inboxes);
    return {
      send: (from, element, amount, step) => {
        const { population, inner: perChannel } = item(wiring.sites, from);
        const inbox = item(inboxes, from);
        if (population.model.kind === "levels" && population.model.fn.kind === "uniform") {
          const { theta } = population.model.fn;
          const channel = theta.shape[0] === 1 ? 0 : Math.floor(element / perChannel);
          const slot = (step + 1) % inbox.depth;
          const sums = item(inbox.slots, slot);
          sums[element] = item(sums, element) + amount * item(valuesOf(theta), channel);
          inbox.touched[slot] = 1;
        }
        return inner.send(from, element, amount, step);
      },
    };
  },
};

/** What a broken engine, mapper or chip could do. */
export const faults: Readonly<Record<string, Changes>> = {
  "a dropped spike": { options: { carrier: dropping } },
  "> for >=": { network: withFunctions(strict) },
  "theta off by one": { network: withFunctions(thetaOffByOne) },
  "a wrong reset": { options: { carrier: withoutReset } },
  "a lost bias": {
    network: (network) => ({
      ...network,
      populations: network.populations.map((p) => ({ ...p, bias: null })),
    }),
  },
};

/** A carrier that is late, and how many messages it has not delivered. */
export interface LateCarrier extends Carrier {
  readonly held: () => number;
}

/** Delivers what inputs send `late` steps late: over the barrier of their phase, while their readers send. */
export const lateCarrier = (late: number): LateCarrier => {
  const held: (readonly [number, number, number, number])[] = [];
  return {
    extraDelay: 0,
    held: () => held.length,
    open: (wiring, inboxes) => {
      const inner = byProjection().open(wiring, inboxes);
      held.length = 0;
      return {
        send: (from, element, amount, step) => {
          let walked = 0;
          while (held.length > 0 && item(item(held, 0), 3) + late <= step) {
            const message = held.shift();
            if (message !== undefined) walked += inner.send(...message);
          }
          if (item(wiring.sites, from).population.model.kind !== "input")
            return walked + inner.send(from, element, amount, step);
          held.push([from, element, amount, step]);
          return walked;
        },
      };
    },
  };
};
