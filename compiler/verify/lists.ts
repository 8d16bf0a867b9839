import { mod } from "./apply.ts";
import { type Case, indexIn, type Lane, shapeOf } from "./case.ts";
import { attrsOf, type Steps, stepsOf, type Walked, walk } from "./integers.ts";
import { placed } from "./placed.ts";
import { eachSynapse, type PopulationRow, residuesFrom } from "./program.ts";
import { demand, Failure, type Fields, fieldsOf, listOf, numberOf, weightIn } from "./read.ts";
import type { Report } from "./report.ts";

/** Copies: neurons that only pass a spike on. Each must read one population, element by element. */
const copiesOf = (c: Case): ReadonlyMap<number, number> => {
  const known = new Set([...c.lanesOf.values()].flat().map((l) => l.index));
  const copies = new Map<number, number>();
  c.program.populations.forEach((p, i) => {
    if (p.model.kind === "membrane" && !known.has(i) && !c.outputs.has(p.id)) copies.set(i, -1);
  });
  if (copies.size === 0) return copies;
  eachSynapse(c.program, (from, _e, to) => {
    const before = copies.get(to);
    if (before === undefined) return;
    demand(before === -1 || before === from, `${c.program.populations[to]?.id} is fed by two populations`);
    copies.set(to, from);
  });
  return copies;
};

/** A residue for every element that sends: free for lanes and senders, 1 for the start, that of the source for copies. */
const drawResidues = (
  c: Case,
  copies: ReadonlyMap<number, number>,
  next: () => number,
): readonly Float64Array[] => {
  const drawn = c.program.populations.map(({ size, model }) =>
    Float64Array.from({ length: size }, () => (model.kind === "start" ? 1 : next())),
  );
  const order = [...copies].sort(
    ([a], [b]) => (c.program.populations[a]?.start ?? 0) - (c.program.populations[b]?.start ?? 0),
  );
  for (const [copy, source] of order) drawn[copy] = drawn[source] ?? new Float64Array(0);
  return drawn;
};

const levelOf = (c: Case, node: number, drawn: readonly Float64Array[]): Float64Array => {
  const id = c.valueOf.get(node);
  demand(id !== undefined, `node ${node} has no population`);
  const lanes = c.lanesOf.get(id) ?? [];
  if (lanes.length === 0) return drawn[indexIn(c, id)] ?? new Float64Array(0);
  const size = c.program.populations[lanes[0]?.index ?? 0]?.size ?? 0;
  return Float64Array.from({ length: size }, (_, i) =>
    lanes.reduce((sum, l) => mod(sum + l.gain * (drawn[l.index]?.[i] ?? 0)), 0),
  );
};

interface Arrived {
  readonly sums: readonly Float64Array[];
  readonly positive: readonly Float64Array[];
  readonly negative: readonly Float64Array[];
}

/** Sums of every neuron from the lists alone, with their greatest parts of each sign; under a clock also the steps. */
const collect = (c: Case, drawn: readonly Float64Array[]): Arrived => {
  const zeros = (): Float64Array[] => c.program.populations.map((p) => new Float64Array(p.size));
  const [sums, positive, negative] = [zeros(), zeros(), zeros()];
  const clocked = fieldsOf(c.program.network.schedule, "schedule").kind === "clock";
  const starts = c.program.populations.map((p) => p.start);
  eachSynapse(c.program, (from, element, to, target, weight, delay) => {
    const sum = sums[to];
    demand(sum !== undefined && target < sum.length, "a synapse points at no neuron");
    if (clocked && (starts[from] ?? 0) + 1 + delay !== starts[to])
      throw new Failure(
        `a spike of ${c.program.populations[from]?.id} reaches ${c.program.populations[to]?.id} at the wrong step`,
      );
    sum[target] = mod((sum[target] ?? 0) + mod(weight) * (drawn[from]?.[element] ?? 0));
    const part = weight > 0 ? positive[to] : negative[to];
    if (part !== undefined) part[target] = (part[target] ?? 0) + Math.abs(weight);
  });
  return { sums, positive, negative };
};

const sameResidues = (found: Float64Array | undefined, wanted: (i: number) => number, what: string): void => {
  found?.forEach((n, i) => {
    if (n !== mod(wanted(i)))
      throw new Failure(`${what}: the synapses of element ${i} are not those of the integer network`);
  });
};

const nameOf = (node: Fields | undefined): string => {
  const [first] = listOf(node?.origins ?? [], "origins");
  return typeof first === "string" ? first : String(listOf(first ?? [""], "origin")[0]);
};

/** The lanes of one neuron layer: synapses, digits taken back, constants, and that the code spells every level. */
const checkLanes = (
  c: Case,
  lanes: readonly Lane[],
  steps: Steps,
  linear: Float64Array,
  constant: Float64Array,
  drawn: readonly Float64Array[],
  arrived: Arrived,
): void => {
  for (let q = 0; q <= steps.high; q++) {
    let rest = q;
    for (const l of lanes) if (rest >= l.gain) rest -= l.gain;
    demand(rest === 0, `the lanes cannot spell level ${q}`);
  }
  for (const lane of lanes) {
    const row = c.program.populations[lane.index];
    const inner = (row?.size ?? 1) / (row?.shape[0] ?? 1);
    const earlier = lanes.filter((l) => l.start < lane.start);
    sameResidues(
      arrived.sums[lane.index],
      (i) => {
        const channel = Math.floor(i / inner);
        const taken = earlier.reduce((sum, l) => mod(sum + l.gain * (drawn[l.index]?.[i] ?? 0)), 0);
        const own = mod((linear[i] ?? 0) - mod(steps.theta(channel)) * taken);
        return c.unit * mod(own + mod(1 - steps.jump(channel, lane.count * lane.gain) + (constant[i] ?? 0)));
      },
      row?.id ?? "a lane",
    );
  }
};

const checkLevels = (
  c: Case,
  id: string,
  node: Fields,
  linear: Float64Array,
  constant: Float64Array,
  arrived: Arrived,
): void => {
  const row = c.program.populations[indexIn(c, id)];
  sameResidues(arrived.sums[indexIn(c, id)], (i) => linear[i] ?? 0, id);
  checkBias(c, row, constant);
  const own = stepsOf(fieldsOf(attrsOf(node).fn, "fn"), c.own.weights);
  const emitted = stepsOf(fieldsOf(row?.model.fn, "fn"), c.program.weights);
  const channels = row?.shape[0] ?? 1;
  demand(own.high === emitted.high, `${id} has other levels`);
  for (let ch = 0; ch < channels; ch++)
    for (let k = 1; k <= own.high; k++)
      demand(own.jump(ch, k) === emitted.jump(ch, k), `${id} has another threshold at level ${k}`);
};

const checkBias = (c: Case, row: PopulationRow | undefined, constant: Float64Array): void => {
  const bias = (row?.row.bias ?? null) === null ? null : weightIn(c.program.weights, row?.row.bias).data;
  constant.forEach((b, i) => {
    const own = bias === null ? 0 : (bias[Math.floor((i * bias.length) / constant.length)] ?? 0);
    demand(b === own, `${row?.id} has another bias`);
  });
};

/** A membrane must fire exactly when its sum is at least one integer, whatever is left of the step before. */
const checkMembranes = (c: Case, arrived: Arrived): string => {
  const arithmetic = fieldsOf(c.program.network.arithmetic, "arithmetic");
  const limit =
    arithmetic.kind === "fixed"
      ? 2 ** (numberOf(arithmetic.accumulatorBits, "bits") - 1) - 1
      : 2 ** numberOf(arithmetic.bufferBits ?? 53, "bits") - 1;
  let widest = 0;
  c.program.populations.forEach((p, i) => {
    if (p.model.kind !== "membrane") return;
    const [threshold, drive, decay] = [p.model.threshold, p.row.bias, p.model.decay].map((named) =>
      (named ?? null) === null ? 0 : (weightIn(c.program.weights, named).data[0] ?? 0),
    );
    const most = Math.max(
      ...[arrived.positive[i], arrived.negative[i]].map((part) =>
        (part ?? new Float64Array(0)).reduce((a, b) => Math.max(a, b), 0),
      ),
    );
    widest = Math.max(widest, most);
    if (c.outputs.has(p.id)) {
      demand(most + (drive ?? 0) < (threshold ?? 0), `read-out ${p.id} can fire`);
      return;
    }
    const below = Math.floor(Math.abs(Number(p.model.floor ?? 0)) * (decay ?? 0));
    const above = Math.floor(Math.abs(threshold ?? 0) * (decay ?? 0));
    const strict = p.model.comparator === "above";
    const fires = (v: number): boolean => (strict ? v > (threshold ?? 0) : v >= (threshold ?? 0));
    demand(
      fires(c.unit + (drive ?? 0) - below) && !fires((drive ?? 0) + above),
      `${p.id} does not decide between 0 and 1`,
    );
  });
  demand(widest <= limit, `a sum may reach ${widest}, the register holds ${limit}`);
  return `at most ${widest} of ${limit} in one step and sign`;
};

const walkOwn = (c: Case, drawn: readonly Float64Array[] | null): Walked =>
  walk(c.own, {
    reduce: drawn === null ? (n) => n : mod,
    bias: drawn === null,
    pool: "sum",
    shapeOf: (node) => shapeOf(c, node),
    value: (node) =>
      drawn === null
        ? new Float64Array(shapeOf(c, node).reduce((a, b) => a * b, 1))
        : levelOf(c, node, drawn),
  });

const checkNode = (
  c: Case,
  i: number,
  random: Walked,
  still: Walked,
  drawn: readonly Float64Array[],
  arrived: Arrived,
): void => {
  const node = c.own.nodes[i] ?? {};
  const id = c.valueOf.get(i);
  if (id === undefined || node.op === "input") return;
  const lanes = c.lanesOf.get(id) ?? [];
  const [linear, constant] = [random.sums[i] ?? random.values[i], still.sums[i] ?? still.values[i]];
  demand(linear !== undefined && constant !== undefined, `node ${i} was not computed`);
  if (node.op === "neuron" && lanes.length > 0)
    return checkLanes(
      c,
      lanes,
      stepsOf(fieldsOf(attrsOf(node).fn, "fn"), c.own.weights),
      linear,
      constant,
      drawn,
      arrived,
    );
  if (node.op === "neuron") return checkLevels(c, id, node, linear, constant, arrived);
  if (node.op === "maxPool") return sameResidues(arrived.sums[indexIn(c, id)], (k) => linear[k] ?? 0, id);
  const row = c.program.populations[indexIn(c, id)];
  if (row?.model.kind !== "membrane") checkBias(c, row, constant);
  const added = row?.model.kind === "membrane" ? constant : new Float64Array(constant.length);
  return sameResidues(
    arrived.sums[indexIn(c, id)],
    (k) => c.unit * mod((linear[k] ?? 0) + mod(added[k] ?? 0)),
    id,
  );
};

/** The synapse lists of a target against its integer network. */
export const checkLists = (c: Case, target: string, seed: string, report: Report): void => {
  const copies = copiesOf(c);
  const drawn = drawResidues(c, copies, residuesFrom(seed));
  const arrived = collect(c, drawn);
  const [random, still] = [walkOwn(c, drawn), walkOwn(c, null)];
  c.own.nodes.forEach((node, i) => {
    checkNode(c, i, random, still, drawn, arrived);
    if (c.valueOf.has(i) && node.op !== "input")
      report(
        "synapses-equal-layer",
        `${target}: ${nameOf(node)}`,
        "one random vector modulo 67108859 over all synapses",
      );
  });
  for (const [copy, source] of copies)
    sameResidues(
      arrived.sums[copy],
      (i) => c.unit * (drawn[source]?.[i] ?? 0),
      c.program.populations[copy]?.id ?? "a copy",
    );
  const membranes = c.program.populations.some((p) => p.model.kind === "membrane");
  if (membranes) report("sums-fit", target, checkMembranes(c, arrived), "proved");
  report("one-place-a-neuron", target, `${placed(c.program)} neurons on ${c.program.cores.length} cores`);
};
