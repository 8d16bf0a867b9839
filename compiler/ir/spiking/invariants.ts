import { type Invariant, showShape, sizeOf } from "../core/index.ts";
import { levelRange } from "../integer/index.ts";
import { faultsOf } from "../linear/index.ts";
import { cyclic } from "./cycles.ts";
import { incompleteAt } from "./digits.ts";
import type { Population, PopulationId, Schedule, SpikingNetwork } from "./network.ts";
import { countFaults, numberFaults } from "./numbers.ts";

type Lookup = (id: PopulationId) => Population | undefined;

const lookup = (network: SpikingNetwork): Lookup => {
  const byId = new Map(network.populations.map((p) => [p.id, p]));
  return (id) => byId.get(id);
};

const highest = (p: Population): number => {
  if (p.model.kind === "levels") return levelRange(p.model.fn)[1];
  return p.model.kind === "input" ? p.model.high : 0;
};

const codesOf: Readonly<Record<Schedule["kind"], Population["code"]["kind"]>> = {
  phases: "phased",
  stream: "tracking",
  clock: "plain",
};

const sends = (p: Population): boolean => p.model.kind !== "sum";

const endFaults = (network: SpikingNetwork): readonly string[] => {
  const of = lookup(network);
  const ids = network.populations.map((p) => p.id);
  const repeated = ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `population ${id} stands twice`);
  const misfits = network.projections.flatMap(({ from, to, map }) => {
    const [source, target] = [of(from), of(to)];
    if (source === undefined || target === undefined) return [`${from} to ${to}: an end is missing`];
    const fits = sizeOf(map.from) === sizeOf(source.shape) && sizeOf(map.to) === sizeOf(target.shape);
    return fits
      ? faultsOf(map)
      : [`${from} to ${to}: a map ${showShape(map.from)} to ${showShape(map.to)} does not fit`];
  });
  const reads = network.outputs.flatMap((o) =>
    of(o.from) === undefined ? [`output ${o.name} reads ${o.from}, which is missing`] : [],
  );
  return [...repeated, ...misfits, ...reads];
};

const phaseFaults = (network: SpikingNetwork): readonly string[] => {
  const { schedule } = network;
  if (schedule.kind !== "phases") return [];
  const of = lookup(network);
  const late = network.projections
    .filter((q) => (of(q.to)?.start ?? 0) <= (of(q.from)?.start ?? 0))
    .map((q) => `${q.to} does not start after ${q.from}`);
  const short = network.populations.flatMap((p) => {
    const steps = p.code.kind === "phased" && p.code.across === "time" ? p.code.gains.length : 1;
    return sends(p) && (schedule.lengths[p.start] ?? 0) < steps
      ? [`phase ${p.start} is shorter than the code of ${p.id}`]
      : [];
  });
  return [...late, ...short];
};

const isStep = (n: number): boolean => Number.isInteger(n) && n >= 0;

const delayFaults = (q: SpikingNetwork["projections"][number]): readonly string[] => {
  const [sources, targets] = [sizeOf(q.map.from), sizeOf(q.map.to)];
  const { delay, delays } = q;
  const n = delays === null ? sources : sizeOf(delays.shape);
  return [
    ...(isStep(delay) && (delays === null || delays.stored().every(isStep))
      ? []
      : [`${q.from} to ${q.to} has a delay that is no step`]),
    ...(n === sources || n === sources * targets ? [] : [`${q.from} to ${q.to} has ${n} delays`]),
  ];
};

const timeFaults = ({ populations, projections, schedule }: SpikingNetwork): readonly string[] => {
  const clocked = schedule.kind === "clock" ? [schedule.steps, schedule.hop, schedule.interval ?? 0] : [];
  const still = schedule.kind === "clock" && schedule.interval === 0;
  return [
    ...projections.flatMap(delayFaults),
    ...populations.flatMap((p) => {
      const refractory = p.model.kind === "membrane" ? p.model.refractory : 0;
      return isStep(p.start) && isStep(refractory) ? [] : [`${p.id} has a time that is no step`];
    }),
    ...(clocked.every(isStep) && !still ? [] : ["the clock has a time that is no step"]),
  ];
};

/** S1 to S9 of the spiking level. */
export const spikingInvariants: readonly Invariant<SpikingNetwork>[] = [
  {
    name: "S1",
    says: "ids are unique; ends of projections and read-outs exist and fit",
    violations: endFaults,
  },
  {
    name: "S2",
    says: "greedy digits give back every level",
    violations: (network) =>
      network.populations.flatMap((p) => {
        if (p.code.kind !== "phased") return [];
        const missed = incompleteAt(p.code.gains, p.code.limit, highest(p));
        return missed === null ? [] : [`${p.id} cannot spell level ${missed}`];
      }),
  },
  {
    name: "S3",
    says: "targets start after their sources; no phase is shorter than a code in it",
    violations: phaseFaults,
  },
  {
    name: "S4",
    says: "no cycle; under a clock none in which no message takes a step",
    violations: (network) => cyclic(network).map((id) => `${id} is in or behind a cycle without a step`),
  },
  {
    name: "S5",
    says: "phased codes go with phases, tracking with stream, plain with clock",
    violations: (network) =>
      network.populations.flatMap((p) =>
        sends(p) && p.code.kind !== codesOf[network.schedule.kind]
          ? [`${p.id} is ${p.code.kind} under ${network.schedule.kind}`]
          : [],
      ),
  },
  {
    name: "S6",
    says: "a maximum reads only maps of 0 and 1",
    violations: (network) => {
      const gates = new Set(network.populations.filter((p) => p.model.kind === "maximum").map((p) => p.id));
      return network.projections.flatMap((q) =>
        gates.has(q.to) && q.map.kind !== "windows" && q.map.kind !== "chain" && q.map.kind !== "view"
          ? [`${q.from} to ${q.to} is ${q.map.kind}`]
          : [],
      );
    },
  },
  {
    name: "S7",
    says: "parameters have one entry, one per channel or one per neuron",
    violations: (network) => network.populations.flatMap(countFaults),
  },
  {
    name: "S8",
    says: "numbers fit the arithmetic: integers where it is exact or fixed, decays on the grid, finite ones where it is real",
    violations: (network) => network.populations.flatMap((p) => numberFaults(p, network.arithmetic)),
  },
  {
    name: "S9",
    says: "delays, starts, refractory times and intervals are whole and not negative",
    violations: timeFaults,
  },
];
