import { type Integers, readIntegers } from "./integers.ts";
import { type Program, readProgram } from "./program.ts";
import { demand, type Fields, type Folder, fieldsOf, listOf, numberOf, textOf } from "./read.ts";

/** One binary digit of a level. */
export interface Lane {
  readonly index: number;
  readonly gain: number;
  readonly start: number;
  /** 1 for the first lane of its gain and step. */
  readonly count: number;
}

/** Everything that is known of a target while it is checked. */
export interface Case {
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

export const indexIn = (c: Pick<Case, "indexOf">, id: string): number => {
  const found = c.indexOf.get(id);
  demand(found !== undefined, `there is no population ${id}`);
  return found;
};

export const openCase = (folder: Folder, target: Fields): Case => {
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

export const shapeOf = (c: Case, node: number): readonly number[] => {
  const id = c.valueOf.get(node) ?? "";
  const first = c.lanesOf.get(id)?.[0];
  return c.program.populations[first?.index ?? indexIn(c, id)]?.shape ?? [];
};
