import {
  item,
  type Json,
  type MachineProgram,
  type Mantissas,
  machine,
  type SynapseLists,
  schema,
  treeToJson,
} from "../../ir/index.ts";
import type { Artifact } from "../../target/index.ts";
import { weightBinary, weightEntry } from "../graph/weights.ts";
import { type Part, padded, part, partBytes, programFiles, programFormat, toBytes } from "./sections.ts";

/** Greatest power of two, 2 at most, that divides all mantissas; 1 for doubles. */
const unitOf = (lists: readonly SynapseLists[]): number => {
  if (lists.some(({ mantissa }) => mantissa instanceof Float64Array)) return 1;
  for (const { mantissa } of lists)
    for (let s = 0; s < mantissa.length; s++) if ((mantissa[s] ?? 0) % 2 !== 0) return 1;
  return 2;
};

const widthFor = (mantissa: Mantissas, unit: number): number => {
  if (mantissa instanceof Float64Array) return 8;
  let [low, high] = [0, 0];
  for (let s = 0; s < mantissa.length; s++) {
    const m = mantissa[s] ?? 0;
    if (m < low) low = m;
    if (m > high) high = m;
  }
  if (low >= -128 * unit && high <= 127 * unit) return 1;
  return low >= -32768 * unit && high <= 32767 * unit ? 2 : 4;
};

const hasWideSlot = (slot: Uint16Array): boolean => {
  for (let s = 0; s < slot.length; s++) if ((slot[s] ?? 0) > 255) return true;
  return false;
};

const partsOf = ({ lists, cores }: MachineProgram, first: number, unit: number): readonly Part[] => {
  let offset = padded(first);
  return lists.map(({ element, slot, mantissa }, c) => {
    const here: Part = {
      offset,
      axons: element.length,
      synapses: slot.length,
      slotBytes: hasWideSlot(slot) ? 2 : 1,
      mantissaBytes: widthFor(mantissa, unit),
      kindBytes: item(cores, c).formats.length > 1 ? 1 : 0,
    };
    offset += partBytes(here);
    return here;
  });
};

const mantissasOf = (
  mantissa: Mantissas,
  bytes: number,
  unit: number,
): Int8Array | Int16Array | Mantissas => {
  if (mantissa instanceof Float64Array) return mantissa;
  const scaled = new Int32Array(mantissa.length);
  for (let s = 0; s < mantissa.length; s++) scaled[s] = (mantissa[s] ?? 0) / unit;
  // The constructor converts at once; `from` would walk an iterator.
  if (bytes === 1) return new Int8Array(scaled);
  return bytes === 2 ? new Int16Array(scaled) : scaled;
};

const sectionsOf = (
  lists: SynapseLists,
  { slotBytes, mantissaBytes, kindBytes }: Part,
  unit: number,
): readonly Uint8Array[] =>
  [
    lists.population,
    lists.element,
    lists.offsets,
    slotBytes === 1 ? new Uint8Array(lists.slot) : lists.slot,
    mantissasOf(lists.mantissa, mantissaBytes, unit),
    kindBytes === 1 ? lists.kind : new Uint8Array(0),
  ].map(toBytes);

function* withPadding(chunk: Uint8Array): Generator<Uint8Array> {
  yield chunk;
  const rest = padded(chunk.length) - chunk.length;
  if (rest > 0) yield new Uint8Array(rest);
}

function* binaryOf(
  program: MachineProgram,
  weights: Uint8Array,
  parts: readonly Part[],
  unit: number,
): Generator<Uint8Array> {
  yield* withPadding(weights);
  for (const [c, lists] of program.lists.entries())
    for (const section of sectionsOf(lists, item(parts, c), unit)) yield* withPadding(section);
}

const jsonOf = (head: Json, weights: Json, parts: readonly Part[], unit: number): Json => ({
  format: programFormat,
  program: head,
  weights,
  lists: { unit, cores: parts.map((p) => treeToJson(part.toTree(p, { weight: () => "" }))) },
});

/** A program as `program.json` and `program.bin`; `readProgram` gives it back. */
export const programArtifacts = (program: MachineProgram): readonly Artifact[] => {
  const binary = weightBinary();
  const { lists: _lists, ...head } = program;
  const tree = treeToJson({ kind: null, fields: schema.fieldsToTree(machine, head, binary.labels) });
  const weights = binary.entries().map((e) => treeToJson(weightEntry.toTree(e, binary.labels)));
  const bytes = binary.bytes();
  const unit = unitOf(program.lists);
  const parts = partsOf(program, bytes.length, unit);
  return [
    {
      path: programFiles.json,
      bytes: () => [new TextEncoder().encode(`${JSON.stringify(jsonOf(tree, weights, parts, unit))}\n`)],
    },
    { path: programFiles.binary, bytes: () => binaryOf(program, bytes, parts, unit) },
  ];
};
