/**
 * Integer to abstract spiking network. The value of a node is an affine form of population levels: `linear` composes
 * maps, `add` joins terms, `concat` embeds them; only inputs, neurons, max-pools and outputs make populations.
 */
import { atNode, named, type Origin, Rejected } from "../diagnostics/index.ts";
import {
  fold,
  type Integer,
  type IntegerGraph,
  type IntegerNode,
  integers,
  item,
  type NodeOf,
  type Numbers,
  nodesOf,
  type PerOp,
  type PopulationId,
  type ReadOut,
  rangeOfNode,
  readOf,
  rowsOf,
  type Schedule,
  schema,
  sizeOf,
  windows,
} from "../ir/index.ts";
import type { Lowered, Lowering } from "../pass/index.ts";
import { type Affine, joined, levelsOf, summed, throughMap } from "./affine.ts";
import { type LevelRange, streamSteps } from "./bounds.ts";
import { type Builder, builderFor, noInput } from "./builder.ts";
import { convertDiagnostics } from "./diagnostics.ts";
import { type ConversionMode, conversionMode, conversionModes, isStaircase } from "./modes.ts";

type Pairs = Map<IntegerNode, PopulationId>;

const nameOf = (origins: readonly Origin[], fallback: string): string => origins[0]?.name ?? fallback;

/** The first origin of an input population is the name under which samples give its value. */
const inputOrigins = ({ attrs: { name }, origins }: NodeOf<Integer, "input">): readonly Origin[] =>
  origins[0]?.name === name ? origins : [named(name), ...origins];

const rangeOf = (node: IntegerNode): LevelRange => {
  const { low, high } = rangeOfNode(node);
  return [low.reduce((a, b) => Math.min(a, b), Infinity), high.reduce((a, b) => Math.max(a, b), -Infinity)];
};

/** Codes count from zero: levels that begin above it are carried as if they began there. */
const fromZero = ([low, high]: LevelRange): LevelRange => [Math.min(0, low), Math.max(0, high)];

/** True when every element is the level of exactly one element of one population: a gate may read it. */
const isLevels = (x: Affine): boolean => {
  if (x.constant !== null) return false;
  const reads = new Uint8Array(sizeOf(x.shape));
  for (const { map } of x.terms) {
    const { target, weight } = rowsOf(map);
    for (let i = 0; i < target.length; i++) {
      const t = item(target, i);
      if (item(weight, i) !== 1 || item(reads, t) === 1) return false;
      reads[t] = 1;
    }
  }
  return reads.every((n) => n === 1);
};

const refuseTable = (
  builder: Builder,
  mode: ConversionMode,
  { attrs: { fn }, origins }: NodeOf<Integer, "neuron">,
): void => {
  if (mode.freeValues || isStaircase(fn)) return;
  const count = fn.kind === "steps" ? sizeOf(fn.values?.shape ?? []) : 0;
  const where = atNode(nameOf(origins, "neuron"));
  builder.refuse(convertDiagnostics.report("free-values", where, { mode: mode.name, count }));
};

/** Levels as a population of their own, for a gate that would read sums. */
const identity = (builder: Builder, x: IntegerNode, reads: Affine): Affine => {
  const [low, high] = fromZero(rangeOf(x));
  const theta = integers("one", [1], Float64Array.of(1));
  const { shape } = x.type;
  const name = `${nameOf(x.origins, x.op)}_level`;
  const model = { kind: "levels", fn: { kind: "uniform", theta, low, high } } as const;
  return levelsOf(builder.sender({ name, shape, model, reads, origins: x.origins }, [low, high]), shape);
};

const tableFor = (builder: Builder, mode: ConversionMode, pairs: Pairs): PerOp<Integer, Affine> => {
  const paired = (node: IntegerNode, id: PopulationId): Affine => {
    pairs.set(node, id);
    return levelsOf(id, node.type.shape);
  };
  return {
    input: (node) => {
      const { name, shape, low, high, scale, round } = node.attrs;
      const model = { kind: "input", low, high, scale, round } as const;
      const wanted = { name, shape, model, reads: noInput(shape), origins: inputOrigins(node) };
      return paired(node, builder.sender(wanted, fromZero([low, high])));
    },
    linear: ({ inputs: [x], attrs: { map, bias } }, of) => throughMap(of(x), map, bias),
    add: ({ inputs, type: { shape } }, of) => summed(shape, inputs.map(of)),
    concat: ({ inputs, attrs: { axis }, type: { shape } }, of) => joined(shape, axis, inputs.map(of)),
    neuron: (node, of) => {
      const {
        inputs: [x],
        attrs: { fn },
        origins,
        type: { shape },
      } = node;
      refuseTable(builder, mode, node);
      const wanted = {
        name: nameOf(origins, node.op),
        shape,
        model: { kind: "levels", fn } as const,
        reads: of(x),
        origins,
      };
      return paired(node, builder.sender(wanted, rangeOf(node)));
    },
    maxPool: (node, of) => {
      const {
        inputs: [x],
        attrs,
        origins,
        type: { shape },
      } = node;
      const levels = isLevels(of(x)) ? of(x) : identity(builder, x, of(x));
      const incidence = windows(x.type.shape, attrs.kernel, attrs, attrs.ceil);
      const reads = throughMap(levels, incidence, null);
      const wanted = {
        name: nameOf(origins, node.op),
        shape,
        model: { kind: "maximum" } as const,
        reads,
        origins,
      };
      return paired(node, builder.sender(wanted, fromZero(rangeOf(node))));
    },
  };
};

const isSender = (node: IntegerNode): boolean =>
  node.op === "input" || node.op === "neuron" || node.op === "maxPool";

/** Outputs read the level of a population, or the sum of one that is made for it. */
const readOuts = (
  graph: IntegerGraph,
  builder: Builder,
  pairs: Pairs,
  of: (node: IntegerNode) => Affine,
): readonly ReadOut[] =>
  graph.outputs.map(({ name, value }) => {
    const { shape, scale } = value.type;
    const from =
      pairs.get(value) ??
      builder.reader({ name, shape, model: { kind: "sum" }, reads: of(value), origins: value.origins });
    pairs.set(value, from);
    return readOf({ name, from, read: isSender(value) ? "level" : "sum", scale });
  });

const stepsOf = ({ code, model }: Builder["populations"][number]): number =>
  model.kind !== "sum" && code.kind === "phased" && code.across === "time"
    ? Math.max(1, code.gains.length)
    : 1;

const scheduleOf = ({ populations, projections }: Builder, mode: ConversionMode): Schedule => {
  if (mode.schedule === "stream") return { kind: "stream", steps: streamSteps({ populations, projections }) };
  const lengths: number[] = [];
  for (const p of populations) lengths[p.start] = Math.max(lengths[p.start] ?? 1, stepsOf(p));
  return { kind: "phases", lengths };
};

/**
 * A network whose levels equal those of the integer graph at every pair: inputs, neurons, max-pools and outputs.
 * Throws Rejected with every node that the mode cannot carry.
 */
export const convert = (graph: IntegerGraph, mode: ConversionMode): Lowered<"integer", "spiking"> => {
  const builder = builderFor(mode);
  const pairs: Pairs = new Map();
  const of = fold(tableFor(builder, mode, pairs));
  for (const node of nodesOf(graph)) of(node);
  const outputs = readOuts(graph, builder, pairs, of);
  if (builder.faults.length > 0) throw new Rejected(builder.faults);
  const { populations, projections } = builder;
  const schedule = scheduleOf(builder, mode);
  return {
    graph: {
      name: graph.name,
      schedule,
      arithmetic: { kind: "exact" },
      populations,
      projections,
      outputs,
      spellings: [],
    },
    pairs,
  };
};

const sameIntegers = (a: Numbers, b: Numbers): boolean =>
  a.data.length === b.data.length && a.data.every((n, i) => n === b.data[i]);

const options = { mode: schema.word(...conversionModes.map(({ name }) => name)) };

/** The lowering for a pipeline; the mode is its option. */
export const toSpiking: Lowering<"integer", "spiking", typeof options> = {
  name: "convert",
  from: "integer",
  to: "spiking",
  options,
  run: (graph, { mode: name }) => {
    const mode = conversionMode(name);
    if (mode === undefined) throw new Error(`there is no conversion ${name}`);
    return convert(graph, mode);
  },
  same: sameIntegers,
};
