/** What a program that was read must hold before anything runs it. All loops are bounded by the size of the files. */
import { type Diagnostic, inFile, quoteName } from "../../diagnostics/index.ts";
import {
  type Core,
  item,
  type MachineProgram,
  type Population,
  type SynapseLists,
  sizeOf,
} from "../../ir/index.ts";
import { programDiagnostics } from "./diagnostics.ts";
import { programFiles } from "./sections.ts";

const inJson = inFile(programFiles.json);
const inBinary = inFile(programFiles.binary);

/** Slots that a list can name. */
const widestSlots = 65536;

/** Longest delay of a synapse; native networks keep up to 2^16 steps. */
const longestDelay = 65536;

/** Elements of all populations; far above any machine, far below what would exhaust memory. */
const mostElements = 2 ** 26;

/** Why the populations cannot be held, or null. */
export const sizeFault = (populations: readonly Population[]): string | null => {
  let total = 0;
  for (const { id, shape } of populations) {
    if (shape.some((n) => !(Number.isSafeInteger(n) && n > 0)))
      return `population ${quoteName(id)} has no size`;
    total += sizeOf(shape);
    if (total > mostElements) return `populations have more than ${mostElements} elements`;
  }
  return null;
};

/** Which slots of a core are taken, or the first fault of its blocks. */
const takenSlots = ({ blocks }: Core, counts: ReadonlyMap<string, Uint8Array>): Uint8Array | string => {
  const taken = new Uint8Array(widestSlots);
  for (const { population, range, slot, stride } of blocks) {
    const count = counts.get(population);
    const [from, to] = range;
    if (count === undefined) return `there is no population ${quoteName(population)}`;
    if (from < 0 || from >= to || to > count.length)
      return `${quoteName(population)} has no elements ${from}..${to}`;
    const last = slot + (to - from - 1) * stride;
    if (slot < 0 || stride < 1 || last >= widestSlots)
      return `slots ${slot}..${last} are outside 0..${widestSlots - 1}`;
    for (let i = 0; i < to - from; i++) {
      const at = slot + i * stride;
      if (taken[at] === 1) return `slot ${at} is taken twice`;
      taken[at] = 1;
      count[from + i] = Math.min(255, item(count, from + i) + 1);
    }
  }
  return taken;
};

const formatFault = ({ formats }: Core): string | null => {
  const bad = formats.find((f) => f.delay < 0 || f.delay > longestDelay || f.exponent < 0 || f.exponent > 31);
  return bad === undefined ? null : `exponent ${bad.exponent} or delay ${bad.delay} is out of range`;
};

const axonFault = (lists: SynapseLists, sizes: readonly number[]): string | null => {
  const { population, element, offsets, slot } = lists;
  if (offsets[0] !== 0 || offsets[element.length] !== slot.length) return "lists do not cover the synapses";
  for (let a = 0; a < element.length; a++) {
    const [p, e] = [item(population, a), item(element, a)];
    if (e >= (sizes[p] ?? 0)) return `axon ${a} names element ${e} of population ${p}, which is not there`;
    if (item(offsets, a) > item(offsets, a + 1)) return `list ${a} ends before it begins`;
    if (
      a > 0 &&
      (p < item(population, a - 1) || (p === item(population, a - 1) && e <= item(element, a - 1)))
    )
      return `axon ${a} does not rise`;
  }
  return null;
};

const synapseFault = ({ slot, kind }: SynapseLists, taken: Uint8Array, kinds: number): string | null => {
  for (let s = 0; s < slot.length; s++) {
    if (taken[slot[s] ?? 0] !== 1) return `synapse ${s} names slot ${slot[s]}, where no neuron is`;
    if ((kind[s] ?? 0) >= kinds) return `synapse ${s} has format ${kind[s]} of ${kinds}`;
  }
  return null;
};

const hostModels: ReadonlySet<string> = new Set(["input", "start", "events"]);

const placeFaults = (
  populations: readonly Population[],
  counts: ReadonlyMap<string, Uint8Array>,
): readonly Diagnostic[] =>
  populations.flatMap(({ id, model }) => {
    const wanted = hostModels.has(model.kind) ? 0 : 1;
    const count = counts.get(id) ?? new Uint8Array();
    const element = count.findIndex((n) => n !== wanted);
    if (element < 0) return [];
    const holes = { population: quoteName(id), element, places: item(count, element) };
    return [programDiagnostics.report("unplaced", inJson, holes)];
  });

/** M1, M2 and M7 of the machine level, and that every axon and format exists. Populations have passed `sizeFault`. */
export const programFaults = ({ network, cores, lists }: MachineProgram): readonly Diagnostic[] => {
  const sizes = network.populations.map((p) => sizeOf(p.shape));
  const counts = new Map(
    network.populations.map((p, i): [string, Uint8Array] => [p.id, new Uint8Array(item(sizes, i))]),
  );
  const faults = cores.flatMap((core, c): readonly Diagnostic[] => {
    const taken = takenSlots(core, counts);
    if (typeof taken === "string")
      return [programDiagnostics.report("misplaced", inJson, { core: c, reason: taken })];
    const own = item(lists, c);
    const fault = formatFault(core) ?? axonFault(own, sizes) ?? synapseFault(own, taken, core.formats.length);
    return fault === null
      ? []
      : [programDiagnostics.report("list-damaged", inBinary, { core: c, reason: fault })];
  });
  return [...faults, ...placeFaults(network.populations, counts)];
};
