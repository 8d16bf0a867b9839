/**
 * Writes random networks as NIR files with the spikes that our own run of each file gives, for other simulators to
 * repeat. usage: node write.js FOLDER
 *
 * They compute in 32-bit floats, we in doubles: a potential that comes nearer to its threshold than a ten-thousandth of
 * it could fall on either side, so that such a network is drawn again. Their rounding errors are a thousand times less.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromNative, importNir, writeNir } from "../../../compiler/formats/nir/index.ts";
import { type Shape, sizeOf, spread, valuesOf } from "../../../compiler/ir/index.ts";
import { lowerNative, type NativeNetwork, type NativeNode, native } from "../../../compiler/native/index.ts";
import { type Random, randomFrom } from "../../../compiler/testing/index.ts";
import { denseStream, openStreams } from "../../../runtime/spiking/index.ts";
import { type Chain, dt, kinds, type Tool } from "./random-network.ts";

const steps = 30;
const perKind = 6;
const leastMargin = 1e-4;

interface Case {
  readonly name: string;
  readonly tools: readonly Tool[];
  readonly typed: boolean;
  readonly dt: number;
  readonly steps: number;
  readonly shape: Shape;
  /** [steps, ...shape], 0 or 1. */
  readonly input: readonly number[];
  /** [steps, ...output], spikes. */
  readonly spikes: readonly number[];
  readonly margin: number;
}

const networkOf = ({ shape, loop }: Chain, nodes: readonly NativeNode[]): NativeNetwork => {
  const names = nodes.map((node) => node.name);
  const around = loop !== null && names.includes(loop.around) ? loop : null;
  return native.nativeNetwork(
    "random",
    [
      native.node("input", native.input(shape)),
      ...nodes,
      ...(around === null ? [] : [around.through]),
      native.node("output", native.output()),
    ],
    [
      ...native.path("input", ...names, "output"),
      ...(around === null ? [] : native.path(around.around, around.through.name, around.around)),
    ],
  );
};

interface Ran {
  readonly spikes: Float64Array;
  /** Least distance of a potential from its threshold, in parts of the threshold. */
  readonly margin: number;
}

/** Runs what a reader of the file reads. */
const run = (bytes: Uint8Array, last: string, shape: Shape, input: Float64Array): Ran => {
  const imported = importNir(bytes, "random.nir");
  if (imported.kind !== "native") throw new Error("nothing spikes");
  const { network, populations } = lowerNative(imported.network, { profile: "norse", dt, reset: null });
  const spiking = network.populations.filter((p) => p.model.kind === "membrane");
  const id = populations.get(last);
  if (id === undefined) throw new Error(`${last} is no population`);
  const probes = [
    ...spiking.map((p) => ({ population: p.id, quantity: "compared" as const })),
    { population: id, quantity: "sent" as const },
  ];
  const stream = denseStream({ shape: [steps, ...shape], data: input });
  const result = openStreams(network, { probes }).run(new Map([["input", stream]]));
  const margins = spiking.map(({ id: population, model, shape: own }) => {
    if (model.kind !== "membrane" || model.threshold === null) return Infinity;
    const size = sizeOf(own);
    const threshold = spread(valuesOf(model.threshold), size);
    return result
      .trace(population, "compared")
      .data.reduce(
        (least, v, i) => Math.min(least, Math.abs(v - threshold(i % size)) / Math.abs(threshold(i % size))),
        Infinity,
      );
  });
  return { spikes: result.trace(id, "sent").data, margin: Math.min(...margins) };
};

/** Networks that end behind each spiking node of a chain. */
const cuts = (chain: Chain): readonly (readonly NativeNode[])[] =>
  chain.nodes.flatMap((node, i) => (node.op.kind === "neuron" ? [chain.nodes.slice(0, i + 1)] : []));

const busy = (spikes: Float64Array): boolean => {
  const share = spikes.reduce((a, b) => a + b, 0) / spikes.length;
  return share > 0.01 && share < 0.9;
};

/** A chain with margins and with spikes behind every layer, or null. */
const drawn = (kind: string, random: Random, folder: string, index: number): readonly Case[] | null => {
  const chain = kinds[kind]?.(random, 1 + (index % 3));
  if (chain === undefined) throw new Error(`no kind ${kind}`);
  const { shape } = chain;
  const input = Float64Array.from({ length: steps * sizeOf(shape) }, () => (random.chance(30) ? 1 : 0));
  const files = cuts(chain).map((nodes, layer) => {
    const bytes = writeNir(fromNative(networkOf(chain, nodes)));
    const ran = run(bytes, nodes.at(-1)?.name ?? "", shape, input);
    return { bytes, ran, name: `${kind}${index}.${layer}` };
  });
  if (files.some(({ ran }) => ran.margin < leastMargin || !busy(ran.spikes))) return null;
  return files.map(({ bytes, ran, name }) => {
    writeFileSync(join(folder, `${name}.nir`), bytes);
    const { tools, typed } = chain;
    return {
      name,
      tools,
      typed,
      dt,
      steps,
      shape,
      input: [...input],
      spikes: [...ran.spikes],
      margin: ran.margin,
    };
  });
};

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node write.js FOLDER");
mkdirSync(folder, { recursive: true });
const cases: Case[] = [];
let tries = 0;
for (const kind of Object.keys(kinds))
  for (let index = 0, seed = 1; index < perKind; seed++) {
    if (seed > 4000) throw new Error(`no busy network of kind ${kind} with margins`);
    tries++;
    const found = drawn(kind, randomFrom(seed * 131 + kind.length), folder, index);
    if (found === null) continue;
    cases.push(...found);
    index++;
  }
writeFileSync(join(folder, "cases.json"), JSON.stringify(cases));
const spikes = cases.reduce((sum, c) => sum + c.spikes.reduce((a, b) => a + b, 0), 0);
const margin = Math.min(...cases.map((c) => c.margin));
console.log(
  `${cases.length} files of ${tries} drawn networks, ${spikes} output spikes, least margin ${margin.toExponential(1)}`,
);
