import { mod, sizeIn } from "./apply.ts";
import {
  demand,
  type Fields,
  type Folder,
  fieldsOf,
  integersOf,
  listOf,
  numberOf,
  textOf,
  type Weights,
  weightsOf,
} from "./read.ts";

export interface PopulationRow {
  readonly id: string;
  readonly size: number;
  readonly shape: readonly number[];
  readonly start: number;
  readonly model: Fields;
  readonly row: Fields;
}

/** A machine program as its files give it. */
export interface Program {
  readonly populations: readonly PopulationRow[];
  readonly network: Fields;
  readonly weights: Weights;
  readonly cores: readonly Fields[];
  readonly parts: readonly Fields[];
  readonly unit: number;
  readonly binary: Uint8Array;
}

export const readProgram = (folder: Folder, target: string): Program => {
  const file = folder.json(`${target}/program.json`, "spikefold/program@1");
  const binary = folder.bytes(`${target}/program.bin`);
  const head = fieldsOf(file.program, "program");
  const network = fieldsOf(head.network, "network");
  const lists = fieldsOf(file.lists, "lists");
  const populations = listOf(network.populations, "populations").map((p): PopulationRow => {
    const row = fieldsOf(p, "a population");
    const shape = integersOf(row.shape, "shape");
    return {
      id: textOf(row.id, "id"),
      shape,
      size: sizeIn(shape),
      start: Number(row.start ?? 0),
      model: fieldsOf(row.model, "model"),
      row,
    };
  });
  return {
    populations,
    network,
    weights: weightsOf(file.weights, binary),
    cores: listOf(head.cores, "cores").map((c) => fieldsOf(c, "a core")),
    parts: listOf(lists.cores, "list table").map((p) => fieldsOf(p, "a part")),
    unit: numberOf(lists.unit, "unit"),
    binary,
  };
};

/** One synapse of a list, with the neuron that its slot holds. */
export type See = (
  from: number,
  element: number,
  to: number,
  target: number,
  weight: number,
  delay: number,
) => void;

const ends = (
  program: Program,
  core: Fields,
): { readonly population: Int32Array; readonly element: Int32Array } => {
  const population = new Int32Array(65536).fill(-1);
  const element = new Int32Array(65536);
  const index = new Map(program.populations.map((p, i) => [p.id, i]));
  for (const value of listOf(core.blocks, "blocks")) {
    const block = fieldsOf(value, "a block");
    const [from = 0, to = 0] = integersOf(block.range, "range");
    const [slot, stride] = [numberOf(block.slot, "slot"), Number(block.stride ?? 1)];
    for (let i = 0; i < to - from; i++) {
      const at = slot + i * stride;
      demand(population[at] === -1, `slot ${at} holds two neurons`);
      population[at] = index.get(textOf(block.population, "population")) ?? -1;
      element[at] = from + i;
    }
  }
  return { population, element };
};

const numberAt = (view: DataView, offset: number, bytes: number, signed: boolean): number => {
  if (bytes === 1) return signed ? view.getInt8(offset) : view.getUint8(offset);
  if (bytes === 8) return view.getFloat64(offset, true);
  if (bytes === 2) return signed ? view.getInt16(offset, true) : view.getUint16(offset, true);
  return signed ? view.getInt32(offset, true) : view.getUint32(offset, true);
};

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Walks every synapse of every core, from the bytes of the binary. */
export const eachSynapse = (program: Program, see: See): void => {
  const view = new DataView(program.binary.buffer, program.binary.byteOffset, program.binary.byteLength);
  program.cores.forEach((core, c) => {
    const part = fieldsOf(program.parts[c], "a part");
    const [axons, synapses, slotBytes, mantissaBytes, kindBytes] = [
      "axons",
      "synapses",
      "slotBytes",
      "mantissaBytes",
      "kindBytes",
    ].map((n) => numberOf(part[n], n));
    const widths = [2, 4, 4, slotBytes ?? 1, mantissaBytes ?? 1, kindBytes ?? 0];
    const counts = [axons ?? 0, axons ?? 0, (axons ?? 0) + 1, synapses ?? 0, synapses ?? 0, synapses ?? 0];
    const at: number[] = [];
    let next = numberOf(part.offset, "offset");
    widths.forEach((width, k) => {
      at[k] = next;
      next += padded(width * (counts[k] ?? 0));
    });
    demand(next <= program.binary.length, `lists of core ${c} lie outside the binary`);
    const formats = listOf(core.formats, "formats").map((f) => fieldsOf(f, "a format"));
    const scale = formats.map((f) => program.unit * 2 ** Number(f.exponent ?? 0));
    const delay = formats.map((f) => Number(f.delay ?? 0));
    const { population, element } = ends(program, core);
    const read = (k: number, i: number, signed = false): number =>
      numberAt(view, (at[k] ?? 0) + i * (widths[k] ?? 1), widths[k] ?? 1, signed);
    for (let a = 0; a < (axons ?? 0); a++) {
      const [from, source, end] = [read(0, a), read(1, a), read(2, a + 1)];
      for (let s = read(2, a); s < end; s++) {
        const slot = read(3, s);
        const kind = kindBytes === 0 ? 0 : read(5, s);
        see(
          from,
          source,
          population[slot] ?? -1,
          element[slot] ?? 0,
          read(4, s, true) * (scale[kind] ?? 0),
          delay[kind] ?? 0,
        );
      }
    }
  });
};

/** Random residues that nobody can foresee who does not fix all files first. */
export const residuesFrom = (seed: string): (() => number) => {
  let state = [0, 8, 16, 24].map((i) => Number.parseInt(seed.slice(i, i + 8), 16) | 1);
  return () => {
    const [a = 1, b = 1, c = 1, d = 1] = state;
    const t = a ^ (a << 11);
    const next = d ^ (d >>> 19) ^ t ^ (t >>> 8);
    state = [b, c, d, next];
    return mod(next >>> 0);
  };
};
