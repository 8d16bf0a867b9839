/**
 * Checks a build folder without a line of the compiler: hashes, then for every target that the synapse lists on its cores
 * are what the integer network says, by random vectors modulo a prime; that every lane has its threshold, every spike
 * arrives at its step, and no sum can leave the chip's registers. `node:` modules only.
 */

import { mod } from "./apply.ts";
import { attrsOf, type Integers, readIntegers, type Steps, stepsOf, type Walked, walk } from "./integers.ts";
import { eachSynapse, type PopulationRow, type Program, readProgram, residuesFrom } from "./program.ts";
import {
  demand,
  Failure,
  type Fields,
  type Folder,
  fieldsOf,
  integersOf,
  listOf,
  numberOf,
  openFolder,
  textOf,
  weightIn,
} from "./read.ts";

export interface Obligation {
  readonly id: string;
  readonly layer: string | null;
  readonly status: "proved" | "checked" | "tested" | "assumed";
  readonly evidence: string;
}

export interface Verdict {
  readonly accepted: boolean;
  readonly obligations: readonly Obligation[];
  readonly firstFailure: string | null;
}

type Report = (id: string, layer: string | null, evidence: string, status?: Obligation["status"]) => void;

const checkHashes = (folder: Folder, report: Report): Fields => {
  const manifest = folder.json("manifest.json", "spikefold/manifest@1");
  const files = listOf(manifest.files, "files").map((f) => fieldsOf(f, "a file"));
  for (const { path, sha256 } of files)
    demand(folder.hash(textOf(path, "path")) === sha256, `${String(path)} is not the file of the manifest`);
  const certificate = folder.json("certificate.json", "spikefold/certificate@1");
  const named = [
    certificate,
    ...listOf(certificate.targets, "targets").map((t) => fieldsOf(t, "a target")),
  ].flatMap((o) => listOf(o.files, "files"));
  for (const value of named) {
    const { path, sha256 } = fieldsOf(value, "a file");
    demand(
      folder.hash(textOf(path, "path")) === sha256,
      `${String(path)} is not the file of the certificate`,
    );
  }
  report("hashes", null, `${files.length} files of the manifest, ${named.length} of the certificate`);
  return certificate;
};

interface Lane {
  readonly index: number;
  readonly gain: number;
  readonly start: number;
  /** 1 for the first lane of its gain and step. */
  readonly count: number;
}

/** Everything that is known of a target while it is checked. */
interface Case {
  readonly program: Program;
  readonly own: Integers;
  readonly indexOf: ReadonlyMap<string, number>;
  /** Value id by node, and lanes by value id (empty: the population itself sends the level). */
  readonly valueOf: ReadonlyMap<number, string>;
  readonly lanesOf: ReadonlyMap<string, readonly Lane[]>;
  readonly outputs: ReadonlySet<string>;
  /** Potential that one integer adds. */
  readonly unit: number;
}

const indexIn = (c: Pick<Case, "indexOf">, id: string): number => {
  const found = c.indexOf.get(id);
  demand(found !== undefined, `there is no population ${id}`);
  return found;
};

const openCase = (folder: Folder, target: Fields): Case => {
  const name = textOf(target.name, "name");
  const program = readProgram(folder, name);
  const indexOf = new Map(program.populations.map((p, i) => [p.id, i]));
  const lanesOf = new Map(
    listOf(program.network.spellings ?? [], "spellings").map((value): readonly [string, readonly Lane[]] => {
      const spelling = fieldsOf(value, "a spelling");
      const seen = new Map<string, number>();
      const lanes = listOf(spelling.lanes, "lanes").map((l): Lane => {
        const lane = fieldsOf(l, "a lane");
        const [gain, start] = [numberOf(lane.gain, "gain"), numberOf(lane.step, "step")];
        const count = (seen.get(`${gain}@${start}`) ?? 0) + 1;
        seen.set(`${gain}@${start}`, count);
        const index = indexIn({ indexOf }, textOf(lane.population, "population"));
        demand(
          program.populations[index]?.start === start,
          "a lane fires at another step than its population",
        );
        return { index, gain, start, count };
      });
      return [textOf(spelling.value, "value"), lanes];
    }),
  );
  const outputs = listOf(program.network.outputs, "outputs").map((o) => fieldsOf(o, "an output"));
  const pairs = listOf(target.ownPairs, "ownPairs").map((p) => fieldsOf(p, "a pair"));
  return {
    program,
    own: readIntegers(folder, `${name}/integer.json`, `${name}/integer.bin`),
    indexOf,
    lanesOf,
    valueOf: new Map(
      pairs.map((p): readonly [number, string] => [numberOf(p.node, "node"), textOf(p.value, "value")]),
    ),
    outputs: new Set(outputs.map((o) => textOf(o.from, "from"))),
    unit: outputs.reduce((unit, o) => Math.max(unit, Number(o.unit ?? 1)), 1),
  };
};

const shapeOf = (c: Case, node: number): readonly number[] => {
  const id = c.valueOf.get(node) ?? "";
  const first = c.lanesOf.get(id)?.[0];
  return c.program.populations[first?.index ?? indexIn(c, id)]?.shape ?? [];
};

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
  constant.forEach((b, i) =>
    demand(
      b === (bias === null ? 0 : (bias[Math.floor((i * bias.length) / constant.length)] ?? 0)),
      `${row?.id} has another bias`,
    ),
  );
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
    const [threshold, drive] = ["threshold", "drive"].map(
      (n) => weightIn(c.program.weights, p.model[n]).data[0] ?? 0,
    );
    const most = Math.max(
      ...[arrived.positive[i], arrived.negative[i]].map((part) =>
        (part ?? new Float64Array(0)).reduce((a, b) => Math.max(a, b), 0),
      ),
    );
    widest = Math.max(widest, most);
    if (c.outputs.has(p.id))
      return demand(most + (drive ?? 0) < (threshold ?? 0), `read-out ${p.id} can fire`);
    const decay = Number(p.model.decay ?? 0);
    const below = Math.floor(Math.abs(Number(p.model.floor ?? 0)) * decay);
    const above = Math.floor(Math.abs(threshold ?? 0) * decay);
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

const checkLists = (c: Case, target: string, seed: string, report: Report): void => {
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
  report("one-place-a-neuron", target, `${placed(c)} neurons on ${c.program.cores.length} cores`);
};

/** Every neuron of the chip has one place. */
const placed = (c: Case): number => {
  const counts = new Map(c.program.populations.map((p) => [p.id, new Uint8Array(p.size)]));
  for (const core of c.program.cores)
    for (const value of listOf(core.blocks, "blocks")) {
      const block = fieldsOf(value, "a block");
      const [from = 0, to = 0] = integersOf(block.range, "range");
      const count = counts.get(textOf(block.population, "population"));
      for (let i = from; i < to && count !== undefined; i++) count[i] = (count[i] ?? 0) + 1;
    }
  let neurons = 0;
  for (const { id, model, size } of c.program.populations) {
    const wanted = model.kind === "input" || model.kind === "start" ? 0 : 1;
    demand(counts.get(id)?.every((n) => n === wanted) === true, `${id} is not placed once`);
    neurons += wanted * size;
  }
  return neurons;
};

const vectors = 8;

/** The target's own integer network against the common one: the same files, or the same values on random inputs. */
const checkRewrite = (folder: Folder, c: Case, target: Fields, seed: string, report: Report): void => {
  const name = textOf(target.name, "name");
  if (
    folder.hash("integer.json") === folder.hash(`${name}/integer.json`) &&
    folder.hash("weights.bin") === folder.hash(`${name}/integer.bin`)
  )
    return report("integer-network", name, "the same files");
  const common = readIntegers(folder, "integer.json", "weights.bin");
  const pairs = new Map(
    listOf(target.pairs, "pairs").map((p) => [
      numberOf(fieldsOf(p, "a pair").node, "node"),
      textOf(fieldsOf(p, "a pair").value, "value"),
    ]),
  );
  const next = residuesFrom(seed);
  const shapes = (ids: ReadonlyMap<number, string>) => (node: number) =>
    shapeOf({ ...c, valueOf: ids }, node);
  for (let n = 0; n < vectors; n++) {
    const inputs = new Map<string, Float64Array>();
    const run = (network: Integers, ids: ReadonlyMap<number, string>): Walked =>
      walk(network, {
        reduce: (x) => x,
        bias: true,
        pool: "max",
        shapeOf: shapes(ids),
        value: (i, sum) => {
          const node = network.nodes[i] ?? {};
          const attrs = attrsOf(node);
          if (sum === null) {
            const key = textOf(attrs.name, "name");
            const [low, high] = [numberOf(attrs.low, "low"), numberOf(attrs.high, "high")];
            const size = integersOf(attrs.shape, "shape").reduce((a, b) => a * b, 1);
            const value =
              inputs.get(key) ?? Float64Array.from({ length: size }, () => low + (next() % (high - low + 1)));
            inputs.set(key, value);
            return value;
          }
          if (node.op === "maxPool") return sum;
          const steps = stepsOf(fieldsOf(attrs.fn, "fn"), network.weights);
          const inner = sum.length / (shapes(ids)(i)[0] ?? 1);
          return sum.map((s, k) => {
            let q = 0;
            while (q < steps.high && s >= steps.jump(Math.floor(k / inner), q + 1)) q++;
            return q;
          });
        },
      });
    const [a, b] = [run(common, pairs), run(c.own, c.valueOf)];
    const own = new Map([...c.valueOf].map(([node, id]) => [id, node]));
    for (const [node, id] of pairs) {
      const twin = b.values[own.get(id) ?? -1];
      demand(
        twin !== undefined && a.values[node]?.every((v, k) => v === twin[k]) === true,
        `${nameOf(common.nodes[node])} differs after the target's own passes`,
      );
    }
  }
  report("integer-network-rewritten", name, `${vectors} random inputs, every paired value`, "tested");
};

/** Checks a build folder. Never throws for what is wrong with it: the first failure is in the verdict. */
export const verifyFolder = (root: string): Verdict => {
  const obligations: Obligation[] = [];
  const report: Report = (id, layer, evidence, status = "checked") =>
    obligations.push({ id, layer, status, evidence });
  try {
    const folder = openFolder(root);
    const certificate = checkHashes(folder, report);
    for (const value of listOf(certificate.targets, "targets")) {
      const target = fieldsOf(value, "a target");
      const name = textOf(target.name, "name");
      const seed = folder.hash(`${name}/program.bin`);
      const c = openCase(folder, target);
      checkLists(c, name, seed, report);
      checkRewrite(folder, c, target, folder.hash(`${name}/integer.json`), report);
    }
    return { accepted: true, obligations, firstFailure: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { accepted: false, obligations, firstFailure: error.message };
  }
};
