import { type Diagnostic, inFile, orFaults } from "../../compiler/diagnostics/index.ts";
import { programFiles, readProgram } from "../../compiler/formats/program/index.ts";
import { spinnaker1Diagnostics } from "./diagnostics.ts";
import type { KeysDocument, MachineDocument, PlacementsDocument, TablesDocument } from "./documents.ts";
import { routerEntries } from "./entry.ts";
import { countOf } from "./layout.ts";
import { listenerFaults } from "./listeners.ts";
import { type Documents, fileNames, readDocuments } from "./read.ts";
import { type TracedSender, trace } from "./trace.ts";

const report = spinnaker1Diagnostics.report;

/** Keys of one sender at most; PACMAN has no larger cores. */
const mostKeys = 1 << 16;

const placeFaults = (machine: MachineDocument, placements: PlacementsDocument): readonly Diagnostic[] => {
  const coresOf = new Map(machine.chips.map(([x, y, { cores }]) => [`${x},${y}`, cores]));
  const users = new Map<string, string>();
  const at = inFile(fileNames.placements);
  return placements.flatMap(({ vertex_label: label, x, y, p }) => {
    const core = `${x},${y},${p}`;
    const cores = coresOf.get(`${x},${y}`);
    const other = users.get(core);
    users.set(core, label);
    if (other !== undefined) return [report("core-used-twice", at, { label, other, core })];
    if (cores === undefined)
      return [report("unknown-core", at, { label, core, reason: `there is no chip ${x},${y}` })];
    if (p >= 1 && p < cores) return [];
    return [
      report("unknown-core", at, {
        label,
        core,
        reason: `programs run on cores 1..${cores - 1} of the chip`,
      }),
    ];
  });
};

const tableFaults = (machine: MachineDocument, tables: TablesDocument): readonly Diagnostic[] => {
  const chips = new Set(machine.chips.map(([x, y]) => `${x},${y}`));
  const seen = new Set<string>();
  const at = inFile(fileNames.tables);
  return tables.flatMap(({ x, y, entries }) => {
    const chip = `${x},${y}`;
    const again = seen.has(chip);
    seen.add(chip);
    if (!chips.has(chip)) return [report("table-misplaced", at, { reason: `there is no chip ${chip}` })];
    if (again) return [report("table-misplaced", at, { reason: `chip ${chip} has two` })];
    if (entries.length <= routerEntries) return [];
    return [report("router-full", at, { chip, entries: entries.length, limit: routerEntries })];
  });
};

const keyFaults = ({ keys, keyCounts, placements }: Documents): readonly Diagnostic[] => {
  const seats = new Map(placements.map(({ vertex_label, x, y, p }) => [vertex_label, `${x},${y},${p}`]));
  const counts = new Map(
    keyCounts.map((c) => [JSON.stringify([c.pre_vertex_label, c.identifier]), c.n_keys]),
  );
  const damaged = (file: string, reason: string): Diagnostic =>
    report("file-damaged", inFile(file), { file, reason });
  return keys.senders.flatMap(({ vertex, population, elements, x, y, p, key, mask, step }) => {
    const count = countOf(elements) * step;
    const room = 2 ** 32 - mask;
    const inBlock = count > 0 && count <= Math.min(room, mostKeys) && (key & ~mask) === 0;
    return [
      ...(inBlock
        ? []
        : [damaged(fileNames.keys, `${count} keys of ${vertex} from ${key} do not fit mask ${mask}`)]),
      ...(seats.get(vertex) === `${x},${y},${p}`
        ? []
        : [damaged(fileNames.keys, `${vertex} is not placed on ${x},${y},${p}`)]),
      ...(counts.get(JSON.stringify([vertex, population])) === count
        ? []
        : [damaged(fileNames.keyCounts, `${vertex} does not have ${count} keys for ${population}`)]),
    ];
  });
};

const tracedSenders = ({ senders }: KeysDocument): readonly TracedSender[] =>
  senders.map(({ vertex, population, elements, x, y, p, key, step, targets }) => ({
    label: `${population} on ${vertex}`,
    seat: [x, y, p],
    key,
    count: countOf(elements) * step,
    targets,
  }));

/** Every key of every sender through the routing tables. */
const traceFaults = ({ machine, tables, keys }: Documents): readonly Diagnostic[] =>
  trace(
    machine.chips.map(([x, y, { deadLinks }]) => ({ x, y, deadLinks: deadLinks ?? [] })),
    tables.map(({ x, y, entries }) => ({
      chip: [x, y],
      entries: entries.map(({ spinnaker_route: route, ...e }) => ({ ...e, route })),
    })),
    tracedSenders(keys),
  );

/** Places and keys against the program's own lists. */
const programFaults = (
  files: ReadonlyMap<string, Uint8Array>,
  { placements, keys }: Documents,
): readonly Diagnostic[] => {
  const json = files.get(programFiles.json);
  const binary = files.get(programFiles.binary);
  const missing = Object.values(programFiles).filter((file) => !files.has(file));
  if (json === undefined || binary === undefined) {
    return missing.map((file) => report("file-missing", inFile(file), { file, all: missing.join(", ") }));
  }
  return orFaults(() => listenerFaults(readProgram(json, binary), placements, keys));
};

/**
 * Reads the written files again: places against the machine, keys against places, every key of every sender traced
 * through the routing tables, and both against the synapse lists. All faults at once; where later checks rely on what
 * is wrong, the earlier faults end the check.
 */
export const validateFiles = (files: ReadonlyMap<string, Uint8Array>): readonly Diagnostic[] => {
  const read = readDocuments(files);
  if ("faults" in read) return read.faults;
  const { machine, placements, tables } = read.value;
  const faults = [
    ...placeFaults(machine, placements),
    ...tableFaults(machine, tables),
    ...keyFaults(read.value),
  ];
  if (faults.length > 0) return faults;
  return [...traceFaults(read.value), ...programFaults(files, read.value)];
};
