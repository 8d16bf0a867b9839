import { item } from "../../compiler/ir/core/index.ts";
import type { MachineProgram } from "../../compiler/ir/machine/index.ts";
import { slotOf } from "../spiking/inbox.ts";
import { type Carrier, type Delivery, hopOf, type Inbox, type Wiring } from "../spiking/index.ts";
import type { Meter } from "./meter.ts";
import { type CoreRuns, type MachineRuns, machineRuns } from "./runs.ts";
import { type Synapses, synapsesFor } from "./synapses.ts";

/** Adds synapses first <= s < end, each value * weight, to a slot of an inbox. */
const addRun = (
  { place, weight }: Synapses,
  first: number,
  end: number,
  sums: Float64Array,
  value: number,
): void => {
  for (let s = first; s < end; s++) {
    const at = place[s] ?? 0;
    sums[at] = (sums[at] ?? 0) + value * (weight[s] ?? 0);
  }
};

interface Prepared extends MachineRuns {
  /** Steps that a message takes without its delay, by population. */
  readonly hops: readonly number[];
  readonly synapses: readonly Synapses[];
}

const deliver = (
  { cores, fanOut, synapses, hops }: Prepared,
  inboxes: readonly Inbox[],
  meter: Meter | null,
): Delivery => {
  const walkList = (core: number, list: number, amount: number, step: number): number => {
    const { listRuns, offsets, to, kind, factors, delays, element }: CoreRuns = item(cores, core);
    const own = item(synapses, core);
    const begin = listRuns[list] ?? 0;
    const runs = listRuns[list + 1] ?? 0;
    for (let r = begin; r < runs; r++) {
      const [first, end] = [offsets[r] ?? 0, offsets[r + 1] ?? 0];
      const target = to[r] ?? 0;
      const format = kind[r] ?? 0;
      const inbox = item(inboxes, target);
      const arrival = step + (delays[format] ?? 0);
      const slot = slotOf(inbox, arrival);
      addRun(own, first, end, item(inbox.slots, slot), amount * (factors[format] ?? 0));
      inbox.touched[slot] = 1;
      meter?.touch(target, element, first, end, arrival);
    }
    const walked = (offsets[runs] ?? 0) - (offsets[begin] ?? 0);
    meter?.arrive(core, walked);
    return walked;
  };
  return {
    begin: (steps) => meter?.begin(steps),
    send: (from, element, amount, step) => {
      const first = item(fanOut.first, from);
      const end = item(first, element + 1);
      meter?.message(from, element, end - item(first, element), step);
      let walked = 0;
      const after = step + item(hops, from);
      for (let link = item(first, element); link < end; link++)
        walked += walkList(item(fanOut.core, link), item(fanOut.list, link), amount, after);
      return walked;
    },
  };
};

/**
 * Carries messages through the synapse lists of a program's cores: source, listening cores, list, slots. Projections are
 * not looked at (but to tell the inputs of a gate apart), so what runs is what was emitted. A meter counts what the
 * cores do.
 */
export const carrierOf = (program: MachineProgram, meter: Meter | null = null): Carrier => {
  let prepared: Prepared | null = null;
  const prepare = (wiring: Wiring, inboxes: readonly Inbox[]): Prepared => {
    const runs = machineRuns(program);
    const bySign = inboxes.some((inbox) => inbox.bySign);
    const { network } = wiring;
    const hops = network.populations.map((p) => hopOf(network, p));
    return { ...runs, hops, synapses: synapsesFor(program, runs, wiring, bySign) };
  };
  return {
    extraDelay: 0,
    open: (wiring, inboxes) => {
      prepared ??= prepare(wiring, inboxes);
      meter?.begin();
      return deliver(prepared, inboxes, meter);
    },
  };
};
