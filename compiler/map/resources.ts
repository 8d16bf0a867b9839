import { valueOf as numberOf, type Target } from "../target/index.ts";

/** What the mapper counts on every core. A target limits what it likes of these, by name, in `capacity`. */
export const resources = [
  /** Slots: one a neuron. */
  "neurons",
  /** Distinct sources that a core listens to. */
  "input axons",
  /** Receiving cores of all neurons of a core, weighed as the target's output table does. */
  "output axons",
  /** Memory of all lists. */
  "synapse words",
  /** Memory of the longest list. */
  "words per axon",
  /** Synapses of the longest list. */
  "synapses per axon",
  /** Formats of the chip in use. */
  "synapse formats",
] as const;

export type Resource = (typeof resources)[number];

/** Numbers by resource, in the order of `resources`. */
export type Amounts = readonly number[];

/** Slots and kinds that a program's own tables can name; they hold for every target. */
const widestSlots = 65536;

const isResource = (name: string): name is Resource => resources.some((r) => r === name);

/** Limits of a core in the order of `resources`; Infinity where the target states none or nobody published it. */
export const limitsOf = (target: Target): Amounts => {
  const stray = Object.keys(target.capacity).find((name) => !isResource(name));
  if (stray !== undefined) throw new Error(`${target.name} limits ${stray}, which nothing counts`);
  return resources.map((name) => {
    const fact = target.capacity[name];
    const limit = fact === undefined ? Infinity : (numberOf(fact) ?? Infinity);
    return name === "neurons" ? Math.min(limit, widestSlots) : limit;
  });
};
