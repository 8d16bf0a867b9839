import { type Diagnostic, inFile, Rejected } from "../../diagnostics/index.ts";
import {
  type Infer,
  item,
  type Json,
  jsonToTree,
  type LinearMap,
  linearMap,
  type MachineHead,
  type MachineProgram,
  type Mantissas,
  machine,
  SchemaError,
  type SpikingNetwork,
  type SynapseLists,
  schema,
  spikingInvariants,
  treeToJson,
  violationsOf,
  type Weight,
} from "../../ir/index.ts";
import { weightEntry, weightSource } from "../graph/weights.ts";
import { programFaults, sizeFault } from "./check.ts";
import { programDiagnostics } from "./diagnostics.ts";
import { fromBytes, type Part, padded, part, programFiles, programFormat, sectionBytes } from "./sections.ts";

const { list, record, int, word, fieldsFromTree } = schema;

const listTable = record({ unit: int, cores: list(part) });
const envelope = { format: word(programFormat), weights: list(weightEntry), lists: listTable };

const noWeights = {
  weight: (label: string): Weight => {
    throw new SchemaError(`no weight ${label} is expected here`);
  },
};

/** A file that cannot be read as what it says it is. */
class Damage extends Error {}

const damaged = (file: string, reason: string): Diagnostic =>
  programDiagnostics.report("damaged", inFile(file), { file, reason });

const isObject = (json: unknown): json is { readonly [key: string]: Json } =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** One map object for all projections that hold the same map, as it was when the program was written. */
const sharingMaps = (network: SpikingNetwork): SpikingNetwork => {
  const labels = new Map<Weight, string>();
  const label = (w: Weight): string => {
    const known = labels.get(w) ?? String(labels.size);
    labels.set(w, known);
    return known;
  };
  const maps = new Map<string, LinearMap>();
  const shared = (map: LinearMap): LinearMap => {
    const key = JSON.stringify(treeToJson(linearMap.toTree(map, { weight: label })));
    const known = maps.get(key) ?? map;
    maps.set(key, known);
    return known;
  };
  return { ...network, projections: network.projections.map((q) => ({ ...q, map: shared(q.map) })) };
};

interface Document {
  readonly head: MachineHead;
  readonly table: Infer<typeof listTable>;
}

const documentOf = (json: Uint8Array, binary: Uint8Array): Document => {
  const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  if (!isObject(parsed) || parsed.program === undefined) throw new Damage(`it is no ${programFormat}`);
  const { program, ...rest } = parsed;
  const outer = jsonToTree(rest);
  const inner = jsonToTree(program ?? null);
  if (outer === null || typeof outer !== "object" || !("fields" in outer))
    throw new Damage("it is no object");
  if (inner === null || typeof inner !== "object" || !("fields" in inner))
    throw new Damage("program is no object");
  const { weights, lists } = fieldsFromTree(envelope, outer.fields, noWeights);
  const head = fieldsFromTree(machine, inner.fields, weightSource(weights, binary));
  return { head: { ...head, network: sharingMaps(head.network) }, table: lists };
};

const widths = { slot: [1, 2], mantissa: [1, 2, 4, 8], kind: [0, 1] };

const partFault = (p: Part, length: number): string | null => {
  const counts = [p.offset, p.axons, p.synapses];
  if (counts.some((n) => n < 0) || p.offset % 8 !== 0) return "offset or count is impossible";
  if (
    !widths.slot.includes(p.slotBytes) ||
    !widths.mantissa.includes(p.mantissaBytes) ||
    !widths.kind.includes(p.kindBytes)
  )
    return "a width is impossible";
  const end = sectionBytes(p).reduce((at, bytes) => at + padded(bytes), p.offset);
  return end <= length ? null : `it ends at byte ${end}, the file at ${length}`;
};

const signed = (buffer: ArrayBuffer, bytes: number): Int8Array | Int16Array | Int32Array => {
  if (bytes === 1) return new Int8Array(buffer);
  return bytes === 2 ? new Int16Array(buffer) : new Int32Array(buffer);
};

const mantissasOf = (bytes: ArrayBuffer, width: number, unit: number): Mantissas => {
  if (width === 8) return new Float64Array(bytes);
  const scaled = new Int32Array(signed(bytes, width));
  for (let s = 0; s < scaled.length; s++) scaled[s] = (scaled[s] ?? 0) * unit;
  return scaled;
};

const listsOf = (p: Part, binary: Uint8Array, unit: number): SynapseLists => {
  let at = p.offset;
  const sections = sectionBytes(p).map((bytes) => {
    const section = binary.subarray(at, at + bytes);
    at += padded(bytes);
    return section;
  });
  const take = (index: number, width: number): ArrayBuffer => fromBytes(item(sections, index), width);
  return {
    population: new Uint16Array(take(0, 2)),
    element: new Uint32Array(take(1, 4)),
    offsets: new Uint32Array(take(2, 4)),
    slot: p.slotBytes === 1 ? new Uint16Array(new Uint8Array(take(3, 1))) : new Uint16Array(take(3, 2)),
    mantissa: mantissasOf(take(4, p.mantissaBytes), p.mantissaBytes, unit),
    kind: p.kindBytes === 1 ? new Uint8Array(take(5, 1)) : new Uint8Array(p.synapses),
  };
};

const readable = (json: Uint8Array, binary: Uint8Array): Document => {
  try {
    return documentOf(json, binary);
  } catch (error) {
    if (
      error instanceof SchemaError ||
      error instanceof RangeError ||
      error instanceof SyntaxError ||
      error instanceof TypeError ||
      error instanceof Damage
    )
      throw new Rejected([damaged(programFiles.json, error.message)]);
    throw error;
  }
};

const isReal = ({ arithmetic }: SpikingNetwork): boolean => arithmetic.kind === "real";

const headFaults = ({ head, table }: Document, length: number): readonly Diagnostic[] => {
  const { network, cores } = head;
  const oversize = sizeFault(network.populations);
  if (oversize !== null) return [damaged(programFiles.json, oversize)];
  const ends = violationsOf(
    spikingInvariants.filter((i) => i.name === "S1" || i.name === "S7"),
    network,
  );
  const count =
    table.cores.length === cores.length
      ? []
      : [`${table.cores.length} lists stand for ${cores.length} cores`];
  const unit = table.unit === 1 || table.unit === 2 ? [] : [`mantissas are in units of ${table.unit}`];
  const parts = table.cores.flatMap((p, c) => {
    const fault =
      (p.mantissaBytes === 8) === isReal(network)
        ? partFault(p, length)
        : "its weights are of another arithmetic";
    return fault === null ? [] : [damaged(programFiles.binary, `lists of core ${c}: ${fault}`)];
  });
  return [...[...ends, ...count, ...unit].map((reason) => damaged(programFiles.json, reason)), ...parts];
};

/**
 * Reads a program that `programArtifacts` wrote, or that somebody damaged. Throws Rejected with every fault that is
 * found before the program could mislead a runner.
 */
export const readProgram = (json: Uint8Array, binary: Uint8Array): MachineProgram => {
  const document = readable(json, binary);
  const faults = headFaults(document, binary.length);
  if (faults.length > 0) throw new Rejected(faults);
  const { head, table } = document;
  const program: MachineProgram = { ...head, lists: table.cores.map((p) => listsOf(p, binary, table.unit)) };
  const placed = programFaults(program);
  if (placed.length > 0) throw new Rejected(placed);
  return program;
};
