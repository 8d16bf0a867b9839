import type { Shape } from "../../compiler/ir/core/index.ts";
import { faultsOf } from "../../compiler/ir/linear/index.ts";
import type { Block, Core, MachineHead, MachineProgram } from "../../compiler/ir/machine/index.ts";
import { listsOf } from "./lists.ts";
import type { PopulationOf } from "./network.ts";

/** Elements [from, to) of a population on slots `slot`, `slot + stride`, ... of a core. */
export const place = <S extends Shape>(
  of: PopulationOf<S>,
  from: number,
  to: number,
  slot: number,
  stride: number,
): Block => ({
  population: of.id,
  range: [from, to],
  slot,
  stride,
});

/** A core of the mesh with its neurons; `uses` is what the compiler counted. */
export const core = (parts: Core): Core => parts;

/**
 * Puts a network on its cores: every core gets the synapses that projections put on its slots. Messages travel by
 * address, so there are no routes. Throws Error when a map does not fit its weights.
 */
export const machine = (parts: Omit<MachineHead, "routes">): MachineProgram => {
  const faults = parts.network.projections.flatMap(({ map }) => faultsOf(map));
  if (faults.length > 0) throw new Error(faults.join("; "));
  return { ...parts, routes: [], lists: parts.cores.map((c) => listsOf(parts.network, c)) };
};
