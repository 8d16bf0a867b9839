import { applyMap, prime } from "./apply.ts";
import { placed } from "./placed.ts";
import { eachSynapse, type Program, readProgram, residuesFrom } from "./program.ts";
import {
  demand,
  Failure,
  type Fields,
  type Folder,
  fieldsOf,
  listOf,
  numberOf,
  textOf,
  type Weights,
  weightsOf,
} from "./read.ts";
import type { Report } from "./report.ts";

const bits = new DataView(new ArrayBuffer(8));

/** 2^e modulo the prime, e from -1074 to 971. */
const powerOf = ((): ((e: number) => number) => {
  const up = [1];
  const down = [1];
  for (let e = 1; e < 1100; e++) {
    up.push(((up[e - 1] ?? 0) * 2) % prime);
    down.push(((down[e - 1] ?? 0) * ((prime + 1) / 2)) % prime);
  }
  return (e) => (e < 0 ? down[-e] : up[e]) ?? 0;
})();

/**
 * A finite double as a residue: it is a whole number times a power of two, and 2 has an inverse modulo the prime. Sums
 * and products that need no rounding keep their residues.
 */
export const residueOf = (x: number): number => {
  demand(Number.isFinite(x), "a weight is no finite number");
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const whole = ((high & 0xfffff) | (exponent === 0 ? 0 : 0x100000)) * 2 ** 32 + bits.getUint32(4);
  const size = ((whole % prime) * powerOf(Math.max(exponent, 1) - 1075)) % prime;
  return x < 0 ? (prime - size) % prime : size;
};

const sameNumbers = (a: Weights, b: Weights): boolean =>
  a.size === b.size &&
  [...a].every(([label, { data }]) => {
    const other = b.get(label)?.data;
    return (
      other !== undefined && data.length === other.length && data.every((x, i) => Object.is(x, other[i]))
    );
  });

/** The network on the cores must be the one that was lowered, number for number. */
const checkNetwork = (folder: Folder, name: string, program: Program): void => {
  const file = folder.json(`${name}/network.json`, "spikefold/network@1");
  const weights = weightsOf(file.weights, folder.bytes(`${name}/network.bin`));
  demand(
    JSON.stringify(file.network) === JSON.stringify(program.network),
    "the network on the cores is not the one of network.json",
  );
  demand(sameNumbers(weights, program.weights), "parameters on the cores are not those of network.json");
};

type Sums = Map<string, Float64Array>;

const sumsFor = (sums: Sums, to: number, delay: number, size: number): Float64Array => {
  const key = `${to} ${delay}`;
  const known = sums.get(key) ?? new Float64Array(size);
  sums.set(key, known);
  return known;
};

const fromProjections = (
  { populations, network, weights }: Program,
  drawn: readonly Float64Array[],
): Sums => {
  const index = new Map(populations.map((p, i) => [p.id, i]));
  const sums: Sums = new Map();
  for (const value of listOf(network.projections, "projections")) {
    const projection = fieldsOf(value, "a projection");
    demand((projection.delays ?? null) === null, "a projection has several delays");
    const from = index.get(textOf(projection.from, "from")) ?? -1;
    const to = index.get(textOf(projection.to, "to")) ?? -1;
    const gain = residueOf(numberOf(projection.gain ?? 1, "gain"));
    const x = drawn[from];
    const target = populations[to];
    demand(x !== undefined && target !== undefined, "a projection ends nowhere");
    const y = applyMap(fieldsOf(projection.map, "a map"), weights, x, residueOf);
    const sum = sumsFor(sums, to, numberOf(projection.delay ?? 0, "delay"), target.size);
    demand(y.length === sum.length, `a map into ${target.id} has another size`);
    y.forEach((n, e) => {
      sum[e] = ((sum[e] ?? 0) + gain * n) % prime;
    });
  }
  return sums;
};

const fromLists = (program: Program, drawn: readonly Float64Array[]): Sums => {
  const sums: Sums = new Map();
  eachSynapse(program, (from, element, to, target, weight, delay) => {
    const size = program.populations[to]?.size ?? 0;
    demand(target < size, "a synapse points at no neuron");
    const sum = sumsFor(sums, to, delay, size);
    sum[target] = ((sum[target] ?? 0) + residueOf(weight) * (drawn[from]?.[element] ?? 0)) % prime;
  });
  return sums;
};

const checkSynapses = (program: Program, seed: string): number => {
  const next = residuesFrom(seed);
  const drawn = program.populations.map(({ size }) => Float64Array.from({ length: size }, next));
  const [wanted, found] = [fromProjections(program, drawn), fromLists(program, drawn)];
  for (const key of new Set([...wanted.keys(), ...found.keys()])) {
    const [a, b] = [wanted.get(key), found.get(key)];
    const size = Math.max(a?.length ?? 0, b?.length ?? 0);
    for (let e = 0; e < size; e++) {
      if ((a?.[e] ?? 0) === (b?.[e] ?? 0)) continue;
      const id = program.populations[Number(key.split(" ")[0])]?.id;
      throw new Failure(`synapses into element ${e} of ${String(id)} are not those of its projections`);
    }
  }
  return wanted.size;
};

/** A target of a native build: nothing is proved about what it computes, but that the files say one thing. */
export const checkNative = (folder: Folder, target: Fields, report: Report): void => {
  const name = textOf(target.name, "name");
  const program = readProgram(folder, name);
  checkNetwork(folder, name, program);
  report(
    "network-kept",
    name,
    `${program.populations.length} populations and their parameters, number for number`,
  );
  const sums = checkSynapses(program, folder.hash(`${name}/program.bin`));
  report("synapses-equal-projections", name, `${sums} sums, one random vector modulo ${prime}`);
  report("one-place-a-neuron", name, `${placed(program)} neurons on ${program.cores.length} cores`);
};
