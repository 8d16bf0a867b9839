/**
 * `exact.spatial` from a chip's own threshold neurons: digits of a level on parallel lanes, taken one stage a step.
 * A lane fires iff its sum, less theta times the digits of earlier stages, reaches its jump. Neurons keep no state, so
 * a new sample may enter while others are under way. Biases and thresholds arrive with the sample, from a chain of
 * neurons that fires once a step: silence stays silent.
 */
import { atNode, Rejected } from "../diagnostics/index.ts";
import {
  clock,
  diagonal,
  integers,
  type LinearMap,
  type Population,
  type PopulationId,
  populationId,
  project,
  type ReadOut,
  type Shape,
  type SpikingNetwork,
  sizeOf,
  spread,
  valuesOf,
  type Weight,
} from "../ir/index.ts";
import { type Cell, type Target, valueOf } from "../target/index.ts";
import { realizeDiagnostics } from "./diagnostics.ts";
import { laneJump } from "./lanes.ts";
import { chooseUnit, legalize } from "./legalize.ts";
import { addPopulation, emptyNetlist, type Netlist, placeholder, type Signal, within } from "./netlist.ts";
import { type Planned, type PlannedLane, plannedOf, planSteps } from "./plan.ts";
import { withReaders } from "./readers.ts";
import { type Reach, reachOf } from "./sums.ts";

const idOf = (name: string): PopulationId => populationId.of(name);

interface Build {
  readonly net: Netlist;
  readonly cell: Cell;
  readonly plan: ReadonlyMap<PopulationId, Planned>;
  /** Longest latency of one synapse: a whole number of hops. */
  readonly reach: number;
}

const startSignal: Signal = { id: idOf("start"), shape: [1], step: 0 };

const signalOf = (planned: Planned, lane: PlannedLane): Signal => ({
  id: lane.id,
  shape: planned.population.shape,
  step: lane.step,
});

/** The neuron that fires `step` steps after a sample entered; makes the chain as far as it is asked for. */
const wave = (build: Build, step: number): Signal => {
  if (step === 0) return startSignal;
  const key = `wave@${step}`;
  const known = build.net.relays.get(key);
  if (known !== undefined) return known;
  const before = wave(build, step - build.cell.hop);
  const signal: Signal = { id: idOf(`wave${step}`), shape: [1], step };
  build.net.relays.set(key, signal);
  addPopulation(build.net, signal, placeholder, [{ name: "wave", span: null }]);
  build.net.projections.push(
    project({
      from: before.id,
      to: signal.id,
      map: diagonal([1], integers("one", [1], Float64Array.of(1))),
      delay: build.cell.hop - 1,
    }),
  );
  return signal;
};

/** Adds one number per neuron to the sum of a step. */
const addConstant = (build: Build, to: Signal, values: Float64Array): void => {
  const size = values.length;
  if (values.every((v) => v === 0)) return;
  const map: LinearMap = {
    kind: "dense",
    from: [1],
    to: to.shape,
    weight: integers(`${to.id}_constant`, [size, 1], values),
  };
  const from = wave(build, to.step - build.cell.hop);
  build.net.projections.push(
    project({
      from: from.id,
      to: to.id,
      map,
      delay: build.cell.hop - 1,
    }),
  );
};

/** Everything that earlier populations send to one signal. */
const connectSources = (build: Build, network: SpikingNetwork, to: PopulationId, target: Signal): void => {
  for (const q of network.projections.filter((p) => p.to === to)) {
    const source = plannedOf(build.plan, q.from);
    for (const lane of source.lanes) {
      const from = within(
        build.net,
        signalOf(source, lane),
        target.step,
        build.reach,
        idOf,
        source.population.origins,
      );
      build.net.projections.push(
        project({
          from: from.id,
          to: target.id,
          map: q.map,
          gain: q.gain * lane.gain,
          delay: target.step - from.step - 1,
        }),
      );
    }
  }
};

const channelSize = (shape: Shape): number => sizeOf(shape.slice(1));

/** Bias of every neuron. */
const biasOf = ({ bias, shape }: Population): Float64Array => {
  const size = sizeOf(shape);
  const at = spread(bias === null ? new Float64Array(1) : valuesOf(bias), size);
  return Float64Array.from({ length: size }, (_, i) => at(i));
};

/** Digits of earlier stages are taken back as digit * theta. */
const connectDigits = (build: Build, planned: Planned, lane: PlannedLane, theta: Weight): void => {
  for (const earlier of planned.lanes.filter((l) => l.stage < lane.stage)) {
    const source = within(
      build.net,
      signalOf(planned, earlier),
      lane.step,
      build.reach,
      idOf,
      planned.population.origins,
    );
    const map = digitMap(planned.population.shape, theta);
    build.net.projections.push(
      project({
        from: source.id,
        to: lane.id,
        map,
        gain: -earlier.gain,
        delay: lane.step - source.step - 1,
      }),
    );
  }
};

const digitMaps = new WeakMap<Weight, LinearMap>();

const digitMap = (shape: Shape, theta: Weight): LinearMap => {
  const found = digitMaps.get(theta);
  if (found !== undefined && sizeOf(found.from) === sizeOf(shape)) return found;
  const map = diagonal(shape, theta);
  digitMaps.set(theta, map);
  return map;
};

const realizeLevels = (
  build: Build,
  network: SpikingNetwork,
  planned: Planned,
  model: Extract<Population["model"], { kind: "levels" }>,
): void => {
  const { population } = planned;
  const bias = biasOf(population);
  const perChannel = channelSize(population.shape);
  const channels = bias.length / perChannel;
  for (const lane of planned.lanes) {
    const signal = signalOf(planned, lane);
    addPopulation(build.net, signal, placeholder, population.origins);
    connectSources(build, network, population.id, signal);
    // Fires when the sum reaches 1: the constant brings the lane's own jump, less the bias, down to that.
    const constant = new Float64Array(bias.length);
    for (let c = 0; c < channels; c++) {
      const needed = 1 - laneJump(model.fn, c, lane);
      for (let i = c * perChannel; i < (c + 1) * perChannel; i++) constant[i] = needed + (bias[i] ?? 0);
    }
    addConstant(build, signal, constant);
    if (model.fn.kind === "uniform") connectDigits(build, planned, lane, model.fn.theta);
  }
};

const realizeSum = (build: Build, network: SpikingNetwork, planned: Planned): void => {
  const { population, base } = planned;
  const signal: Signal = { id: population.id, shape: population.shape, step: base };
  addPopulation(build.net, signal, { kind: "sum" }, population.origins);
  connectSources(build, network, population.id, signal);
  addConstant(build, signal, biasOf(population));
};

const realizeInput = (build: Build, planned: Planned): void => {
  const { population, lanes } = planned;
  for (const lane of lanes) {
    addPopulation(
      build.net,
      signalOf(planned, lane),
      { kind: "input", low: 0, high: 1, scale: [1], round: "floor" },
      population.origins,
    );
  }
};

const realizePopulation = (
  build: Build,
  network: SpikingNetwork,
  population: Population,
  target: string,
): void => {
  const planned = plannedOf(build.plan, population.id);
  const { model } = population;
  if (model.kind === "input") realizeInput(build, planned);
  else if (model.kind === "levels") realizeLevels(build, network, planned, model);
  else if (model.kind === "sum") realizeSum(build, network, planned);
  else
    throw new Rejected([
      realizeDiagnostics.report("no-construction", atNode(population.id), { model: model.kind, target }),
    ]);
};

export interface Realized {
  readonly network: SpikingNetwork;
  /** Potential that one integer of a sum adds. */
  readonly unit: number;
  /** Values of the abstract network with their lanes. */
  readonly plan: ReadonlyMap<PopulationId, Planned>;
  /** Greatest contributions of one step by population, in integers. */
  readonly reach: ReadonlyMap<PopulationId, Reach>;
}

/** The network before its neurons have parameters and its weights a unit. */
export interface Unplaced {
  /** Every output is a potential. */
  readonly network: SpikingNetwork;
  readonly net: Netlist;
  readonly cell: Cell;
  readonly plan: ReadonlyMap<PopulationId, Planned>;
}

/** Lanes, digits, relays and waves of an abstract `exact.spatial` network. Throws Rejected for a model without construction. */
export const connectSpatial = (abstract: SpikingNetwork, target: Target): Unplaced => {
  const network = withReaders(abstract);
  const { cell } = target;
  if (cell === null) throw new Error(`${target.name} has no neurons to realize a mode from`);
  const plan = planSteps(network, cell, idOf);
  const longest = (valueOf(cell.maxDelay) ?? 0) + 1;
  const build: Build = { net: emptyNetlist(), cell, plan, reach: longest - (longest % cell.hop) };
  addPopulation(build.net, startSignal, { kind: "start" }, [{ name: "start", span: null }]);
  for (const { population } of plan.values()) realizePopulation(build, network, population, target.name);
  return { network, net: build.net, cell, plan };
};

/** Lanes of every value of a plan. */
export const spellingsOf = (plan: ReadonlyMap<PopulationId, Planned>): SpikingNetwork["spellings"] =>
  [...plan.values()]
    .filter(({ lanes }) => lanes.length > 0)
    .map(({ population, lanes }) => ({
      value: population.id,
      shape: population.shape,
      lanes: lanes.map(({ id, gain, step }) => ({ population: id, gain, step })),
    }));

/**
 * Builds an abstract `exact.spatial` network (phases, codes across lanes, no max-pooling) from the target's own neurons.
 * Throws Rejected when a sum or weight does not fit.
 */
export const realizeSpatial = (abstract: SpikingNetwork, target: Target): Realized => {
  const { network, net, cell, plan } = connectSpatial(abstract, target);
  const reach = reachOf(net.projections);
  const unit = chooseUnit(target, cell, net, reach) * cell.weightFactor;
  const legal = legalize(target, cell, net, unit / cell.weightFactor);
  const steps = Math.max(...net.populations.map((p) => p.start));
  const outputs = network.outputs.map((o): ReadOut => ({ ...o, read: "potential", unit, offset: 0 }));
  return {
    network: {
      name: network.name,
      schedule: clock(steps + 1, { interval: cell.interval }),
      arithmetic: cell.arithmetic,
      ...legal,
      outputs,
      spellings: spellingsOf(plan),
    },
    unit,
    plan,
    reach,
  };
};
