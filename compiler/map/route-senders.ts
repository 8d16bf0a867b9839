import {
  type CoreIndex,
  coreIndex,
  type Injector,
  item,
  type MachineProgram,
  type PopulationId,
  sizeOf,
} from "../ir/index.ts";

/** What owns one block of keys: the neurons of one population on one core, or a part of a host population. */
export interface Sender {
  readonly core: number | null;
  readonly population: PopulationId;
  /** Elements [from, to), in the order of their keys. */
  readonly ranges: readonly (readonly [number, number])[];
  /** Cores with a synapse from any of the elements, rising. */
  readonly to: readonly CoreIndex[];
}

type Source = Omit<Sender, "to">;

export const countOf = (ranges: Sender["ranges"]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from, 0);

const coreSources = ({ cores }: MachineProgram): readonly Source[] =>
  cores.flatMap(({ blocks }, core) =>
    [...new Set(blocks.map((b) => b.population))].map(
      (population): Source => ({
        core,
        population,
        ranges: blocks.filter((b) => b.population === population).map((b) => b.range),
      }),
    ),
  );

/** Populations that no core holds, cut into parts of at most `each` sources. */
const hostSources = (program: MachineProgram, each: number): readonly Source[] => {
  const placed = new Set(program.cores.flatMap(({ blocks }) => blocks.map((b) => b.population)));
  return program.network.populations
    .filter(({ id }) => !placed.has(id))
    .flatMap(({ id, shape }) => {
      const size = sizeOf(shape);
      return Array.from(
        { length: Math.ceil(size / each) },
        (_, i): Source => ({
          core: null,
          population: id,
          ranges: [[i * each, Math.min(size, (i + 1) * each)]],
        }),
      );
    });
};

/** For every population, which source each of its elements belongs to. */
const ownersOf = (program: MachineProgram, sources: readonly Source[]): readonly Int32Array[] => {
  const owners = program.network.populations.map(({ shape }) => new Int32Array(sizeOf(shape)).fill(-1));
  const indexOf = new Map(program.network.populations.map(({ id }, i) => [id, i]));
  sources.forEach(({ population, ranges }, s) => {
    const owner = owners[indexOf.get(population) ?? -1];
    for (const [from, to] of ranges) owner?.fill(s, from, to);
  });
  return owners;
};

/** Senders with at least one synapse, cores first; host populations are cut into parts of at most `each` sources. */
export const sendersOf = (program: MachineProgram, each: number): readonly Sender[] => {
  const sources = [...coreSources(program), ...hostSources(program, each)];
  const owners = ownersOf(program, sources);
  const targets = sources.map(() => new Set<CoreIndex>());
  program.lists.forEach(({ population, element, offsets }, core) => {
    for (let a = 0; a < population.length; a++) {
      if (item(offsets, a) === item(offsets, a + 1)) continue;
      const owner = item(item(owners, item(population, a)), item(element, a));
      if (owner < 0)
        throw new Error(
          `core ${core} listens to element ${item(element, a)} of ${item(population, a)}, which no core sends`,
        );
      item(targets, owner).add(coreIndex.of(core));
    }
  });
  return sources
    .map((source, s): Sender => ({ ...source, to: [...item(targets, s)].sort((a, b) => a - b) }))
    .filter(({ to }) => to.length > 0);
};

/** The part of a host population that an injector sends. */
export const injectorAt = (sender: Sender, router: readonly [number, number], port: number): Injector => ({
  router,
  port,
  range: item(sender.ranges, 0),
});
