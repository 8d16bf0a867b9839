import { atNode, type Diagnostic, Rejected } from "../diagnostics/index.ts";
import {
  clock,
  integers,
  item,
  labeler,
  type Population,
  type PopulationId,
  type Projection,
  populationId,
  project,
  type ReadOut,
  readOf,
  reshaped,
  rowsOf,
  type Schedule,
  valuesOf,
} from "../ir/index.ts";
import { nativeDiagnostics } from "./diagnostics.ts";
import type { StepRule } from "./dynamics.ts";
import { feedbacks } from "./feedback.ts";
import { graphOf, type NativeGraph, whereOf } from "./graph.ts";
import { chipArithmetic, onChip, usualWeight } from "./integers.ts";
import type { NativeNetwork, NativeNode, StreamRead } from "./network.ts";
import type { LoweredNative, NativeOptions } from "./options.ts";
import { populationFor } from "./population.ts";
import { type DynamicsProfile, profiles } from "./profile.ts";
import { type Ends, shapesOf } from "./shapes.ts";
import { delaySteps, stepSeconds } from "./step-time.ts";
import { type Folding, populationsOf, sumInto, type Term } from "./terms.ts";

/** A population with its node and with what comes into it. */
interface Site {
  readonly node: NativeNode;
  readonly population: Population;
  readonly projections: readonly Projection[];
  /** Units of v for a voltage of 1. */
  readonly unit: number;
}

/** Throws Rejected when there is an error among them. */
const demandNone = (said: readonly Diagnostic[]): void => {
  if (said.some((d) => d.severity === "error")) throw new Rejected(said);
};

const isFaults = <T extends object>(value: T | readonly Diagnostic[]): value is readonly Diagnostic[] =>
  Array.isArray(value);

/** The value, or Rejected. */
const accepted = <T extends object>(value: T | readonly Diagnostic[]): T => {
  if (isFaults(value)) throw new Rejected(value);
  return value;
};

/** Steps of all delay nodes. */
const delaysIn = (graph: NativeGraph, dt: number, said: Diagnostic[]): Folding["delaysOf"] => {
  const steps = new Map<NativeNode, Float64Array>();
  for (const node of graph.nodes) {
    if (node.op.kind !== "delay") continue;
    const found = delaySteps(node, node.op.time, node.op.unit, dt);
    if (found instanceof Float64Array) steps.set(node, found);
    else said.push(found);
  }
  return (node) => steps.get(node) ?? Float64Array.of(0);
};

const projectionFor = (term: Term, from: Population, to: PopulationId, ends: Ends): Projection => {
  const map = term.map ?? reshaped(from.shape, ends.from);
  const [first = 0] = term.delays ?? [];
  if (term.delays === null || term.delays.every((d) => d === first))
    return project({ from: term.from, to, map, delay: first });
  return project({
    from: term.from,
    to,
    map,
    delays: integers(`${to}_delays`, [term.delays.length], term.delays),
  });
};

/** Populations of all nodes that become one, and the projections into them. */
const sitesOf = (folding: Folding, rule: StepRule, said: Diagnostic[]): readonly Site[] => {
  const endsOf = (node: NativeNode): Ends => folding.ends.get(node) ?? { from: [], to: [] };
  const nodes = folding.graph.nodes.filter((n) => folding.populations.has(n));
  const drafts = nodes.map((node) => {
    const sum = sumInto(folding, node);
    const { population, faults } = populationFor(node, folding.idOf(node), endsOf(node), sum.constant, rule);
    said.push(...faults);
    return { node, sum, population };
  });
  const byId = new Map(drafts.map((d) => [d.population.id, d.population]));
  return drafts.map(({ node, sum, population }) => ({
    node,
    population,
    projections: sum.terms.flatMap((term) => {
      const from = byId.get(term.from);
      return from === undefined ? [] : [projectionFor(term, from, population.id, endsOf(node))];
    }),
    unit: 1,
  }));
};

/** What cannot be a number of the chip: fractions on their way to or from a relay, potentials that others read. */
const chipFaults = (site: Site, sites: readonly Site[], profile: DynamicsProfile): readonly Diagnostic[] => {
  const { node, population, projections } = site;
  const lacks = (what: string, value: string | number): readonly Diagnostic[] => {
    const holes = { profile: profile.name, what, node: node.name, value };
    return [nativeDiagnostics.report("integers-needed", whereOf(node), holes)];
  };
  if (population.model.kind === "relay") {
    const weights = [
      ...projections.map((q) => rowsOf(q.map).weight),
      population.bias === null ? new Float64Array(0) : valuesOf(population.bias),
    ];
    const fraction = weights.flatMap((w) => w.find((x) => !Number.isInteger(x)) ?? []);
    return fraction[0] === undefined ? [] : lacks("a weight", fraction[0]);
  }
  const isRead = sites.some((s) => s.projections.some((q) => q.from === population.id));
  const { model } = population;
  return node.op.kind === "neuron" && model.kind === "membrane" && model.threshold === null && isRead
    ? lacks("the output", "a potential")
    : [];
};

const toChip = (
  sites: readonly Site[],
  profile: DynamicsProfile,
  { resolution = null, chip }: NativeOptions,
  said: Diagnostic[],
): readonly Site[] =>
  sites.map((site) => {
    said.push(...chipFaults(site, sites, profile));
    const { node, population, projections } = site;
    const { model } = population;
    if (node.op.kind === "cell" || model.kind !== "membrane") return site;
    const limits = { resolution, mostWeight: chip?.mostWeight ?? usualWeight };
    const made = onChip(node, profile.name, population, model, projections, limits);
    said.push(...made.faults);
    return { node, population: made.population, projections: made.projections, unit: made.unit };
  });

const cellFaults = (network: NativeNetwork, profile: DynamicsProfile): readonly Diagnostic[] => {
  const count = network.nodes.filter((n) => n.op.kind === "cell").length;
  if (count === 0 || profile.arithmetic === "loihi") return [];
  const holes = { count, profile: profile.name };
  return [nativeDiagnostics.report("cells-need-chip", atNode(network.name), holes)];
};

/** A note when neurons do not say how they are reset, and nobody else does. */
const resetNotes = (
  network: NativeNetwork,
  profile: DynamicsProfile,
  options: NativeOptions,
): readonly Diagnostic[] => {
  const count = network.nodes.filter(
    ({ op }) => op.kind === "neuron" && op.parameters.threshold !== null && op.parameters.reset === null,
  ).length;
  if (count === 0 || options.reset !== null) return [];
  const holes = { reset: profile.reset, count, profile: profile.name };
  return [nativeDiagnostics.report("reset-assumed", atNode(network.name), holes)];
};

/** Feedback that nothing delays takes one step. */
const delayFeedback = (sites: readonly Site[], hop: number, said: Diagnostic[]): readonly Projection[] => {
  const projections = sites.flatMap((s) => s.projections);
  const populations = sites.map((s) => s.population);
  const found = feedbacks(populations, projections, hop);
  return projections.map((q, i) => {
    if (!found.has(i)) return q;
    const node = sites.find((s) => s.population.id === q.from)?.node;
    const where = node === undefined ? atNode(q.from) : whereOf(node);
    const holes = { from: q.from, to: q.to, steps: 0 };
    said.push(nativeDiagnostics.report("feedback-delay", where, holes));
    return { ...q, delay: q.delay + 1 };
  });
};

const readings: Readonly<Record<StreamRead, Pick<ReadOut, "read" | "over">>> = {
  spikes: { read: "spikes", over: "last" },
  firstSpike: { read: "firstSpike", over: "last" },
  last: { read: "potential", over: "last" },
  mean: { read: "potential", over: "mean" },
  greatest: { read: "potential", over: "greatest" },
};

/** What sends its potential, or a sum, at every step: an output reads the last one. */
const hasPotential = ({ model }: Population): boolean =>
  model.kind === "relay" || (model.kind === "membrane" && model.threshold === null);

const outputsOf = (graph: NativeGraph, sites: readonly Site[]): readonly ReadOut[] =>
  graph.nodes.flatMap((node) => {
    if (node.op.kind !== "output") return [];
    const site =
      sites.find((s) => s.node === node) ?? sites.find((s) => s.node === item(graph.sourcesOf(node), 0));
    if (site === undefined) throw new Error(`output ${node.name} reads nothing`);
    const { population, unit } = site;
    const usual: StreamRead = hasPotential(population) ? "last" : "spikes";
    const kind = readings[node.op.read ?? usual];
    const scale = kind.read === "potential" ? [1 / unit] : [1];
    return [readOf({ name: node.name, from: population.id, ...kind, scale })];
  });

const scheduleFor = (
  { profile, dt }: StepRule,
  { steps = 0, interval = null }: NativeOptions,
  timed: boolean,
): Schedule =>
  clock(steps, {
    interval,
    restart: interval !== null,
    hop: profile.hop,
    seconds: timed ? dt : null,
    rule: timed ? profile.decay : "given",
  });

/** What goes into and out of every node. Throws Rejected with all faults of the graph, then of the shapes. */
export const nativeShapes = (network: NativeNetwork): ReadonlyMap<NativeNode, Ends> =>
  accepted(shapesOf(accepted(graphOf(network))));

/** The profile as it is, or its rule on a chip. */
const profileFor = ({ profile, chip = null }: NativeOptions): DynamicsProfile =>
  chip === null ? profiles[profile] : { ...profiles[profile], arithmetic: "loihi", hop: 1 };

/**
 * A network of dynamics as a spiking network: linear nodes become maps between populations, times become decays and
 * delays in steps, cycles get a step. Throws Rejected with all faults of the graph, then of the shapes, then of the rest.
 */
export const lowerNative = (network: NativeNetwork, options: NativeOptions): LoweredNative => {
  const profile = profileFor(options);
  const graph = accepted(graphOf(network));
  const ends = accepted(shapesOf(graph));
  const time = stepSeconds(network, options);
  const said: Diagnostic[] = [
    ...time.said,
    ...cellFaults(network, profile),
    ...resetNotes(network, profile, options),
  ];
  demandNone(said);
  const rule: StepRule = { profile, dt: time.dt, reset: options.reset ?? profile.reset };
  const label = labeler((node: NativeNode) => node.name);
  const folding: Folding = {
    graph,
    ends,
    populations: populationsOf(graph),
    idOf: (node) => populationId.of(label(node)),
    delaysOf: delaysIn(graph, time.dt, said),
  };
  demandNone(said);
  const drafted = sitesOf(folding, rule, said);
  demandNone(said);
  const sites = profile.arithmetic === "loihi" ? toChip(drafted, profile, options, said) : drafted;
  const projections = delayFeedback(sites, profile.hop, said);
  demandNone(said);
  return {
    network: {
      name: network.name,
      schedule: scheduleFor(rule, options, time.given),
      arithmetic: profile.arithmetic === "loihi" ? chipArithmetic : { kind: "real" },
      populations: sites.map((s) => s.population),
      projections,
      outputs: outputsOf(graph, sites),
      spellings: [],
    },
    populations: new Map(sites.map((s) => [s.node.name, s.population.id])),
    notes: said,
  };
};
