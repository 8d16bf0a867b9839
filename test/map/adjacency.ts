import { item, type MachineProgram, rowsOf, type SpikingNetwork } from "../../compiler/ir/index.ts";

/** Effective weights by source, target and delay, zeros left out. */
export type Adjacency = ReadonlyMap<string, number>;

const summed = (entries: Iterable<readonly [string, number]>): Adjacency => {
  const sums = new Map<string, number>();
  for (const [key, w] of entries) sums.set(key, (sums.get(key) ?? 0) + w);
  return new Map([...sums].filter(([, w]) => w !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
};

function* ofProjections({ projections }: SpikingNetwork): Generator<readonly [string, number]> {
  for (const { from, to, map, gain, delay } of projections) {
    const rows = rowsOf(map);
    for (let s = 0; s < rows.sources; s++)
      for (let i = item(rows.offsets, s); i < item(rows.offsets, s + 1); i++)
        yield [`${from}[${s}] ${to}[${item(rows.target, i)}] ${delay}`, gain * item(rows.weight, i)];
  }
}

/** Population and element on every slot of a core, from its blocks. */
const seatsOf = ({ cores }: MachineProgram, core: number): ReadonlyMap<number, string> =>
  new Map(
    item(cores, core).blocks.flatMap(({ population, range, slot, stride }) =>
      Array.from(
        { length: range[1] - range[0] },
        (_, i) => [slot + i * stride, `${population}[${range[0] + i}]`] as const,
      ),
    ),
  );

function* ofLists(program: MachineProgram): Generator<readonly [string, number]> {
  for (const [c, lists] of program.lists.entries()) {
    const seats = seatsOf(program, c);
    for (let a = 0; a < lists.element.length; a++) {
      const source = `${item(program.network.populations, item(lists.population, a)).id}[${item(lists.element, a)}]`;
      for (let s = item(lists.offsets, a); s < item(lists.offsets, a + 1); s++) {
        const { exponent, delay } = item(item(program.cores, c).formats, item(lists.kind, s));
        yield [
          `${source} ${seats.get(item(lists.slot, s))} ${delay}`,
          item(lists.mantissa, s) * 2 ** exponent,
        ];
      }
    }
  }
}

export const adjacencyOfProjections = (network: SpikingNetwork): Adjacency => summed(ofProjections(network));

export const adjacencyOfLists = (program: MachineProgram): Adjacency => summed(ofLists(program));

/** What a naive count of a core's resources gives, from seats and lists alone. */
export const naiveUses = (
  program: MachineProgram,
  entries: (sameChip: boolean) => number,
): readonly ReadonlyMap<string, number>[] => {
  const homes = new Map(
    program.cores.flatMap((_, c) => [...seatsOf(program, c).values()].map((seat) => [seat, c] as const)),
  );
  const outputs = program.cores.map(() => 0);
  program.lists.forEach(({ population, element }, c) => {
    for (let a = 0; a < element.length; a++) {
      const home = homes.get(
        `${item(program.network.populations, item(population, a)).id}[${item(element, a)}]`,
      );
      if (home === undefined) continue;
      const sameChip = item(program.cores, home).chip === item(program.cores, c).chip;
      outputs[home] = item(outputs, home) + entries(sameChip);
    }
  });
  return program.cores.map(
    (_, c) =>
      new Map([
        ["neurons", seatsOf(program, c).size],
        ["input axons", item(program.lists, c).element.length],
        ["output axons", item(outputs, c)],
      ]),
  );
};
