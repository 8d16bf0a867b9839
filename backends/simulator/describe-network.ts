import {
  item,
  type MachineProgram,
  type Population,
  type Projection,
  type ReadOut,
  type Shape,
  sameShape,
} from "../../compiler/ir/index.ts";
import { code, literal, quoted } from "./literal.ts";
import type { Constant, Names } from "./names.ts";

const entries = (lines: readonly string[]): string =>
  lines.length === 0 ? "[]" : `[\n${lines.map((l) => `  ${l},\n`).join("")}]`;

/** The table that leads from identifiers back to what the model calls its values and nodes. */
export const namesTable = ({ populations }: MachineProgram["network"]): string =>
  `{\n${populations.map((p, i) => `  p${i}: { value: ${quoted(p.id)}, nodes: [${p.origins.map((o) => quoted(o.name)).join(", ")}] },\n`).join("")}}`;

const populationConstant = (
  { spelling }: Names,
  { shape, model, code: spikes, bias, start }: Population,
  index: number,
): Constant => ({
  name: `p${index}`,
  value: `population(names.p${index}, ${literal(shape, spelling)}, ${literal({ model, code: spikes, bias, start }, spelling)})`,
});

const projectionCall = (
  names: Names,
  shapeOf: (id: Population["id"]) => Shape,
  { from, to, map, gain, delay }: Projection,
): string => {
  const [source, target] = [shapeOf(from), shapeOf(to)];
  const name = names.map(map);
  const ends = sameShape(map.from, source) && sameShape(map.to, target);
  const fitted = ends
    ? name
    : `fitted(${literal(source, names.spelling)}, ${literal(target, names.spelling)}, ${name})`;
  return `project(${names.population(from)}, ${names.population(to)}, ${fitted}, ${gain}, ${delay})`;
};

const outputConstant = (names: Names, { from, ...parts }: ReadOut, index: number): Constant => ({
  name: `o${index}`,
  value: `output(${names.population(from)}, ${literal(parts, names.spelling)})`,
});

/** Populations, maps, projections and outputs of a network as constants, in an order in which each may use those before. */
export const networkConstants = (
  names: Names,
  { populations, projections, outputs }: MachineProgram["network"],
): readonly Constant[] => {
  const indexOf = new Map(populations.map((p, i) => [p.id, i]));
  const shapeOf = (id: Population["id"]): Shape => item(populations, indexOf.get(id) ?? -1).shape;
  const own = populations.map((p, i) => populationConstant(names, p, i));
  const calls = projections.map((q) => projectionCall(names, shapeOf, q));
  return [
    ...own,
    ...names.maps(),
    { name: "projections", value: entries(calls) },
    ...outputs.map((o, i) => outputConstant(names, o, i)),
  ];
};

const coreCall = (
  names: Names,
  { blocks, formats, uses, ...where }: MachineProgram["cores"][number],
): string => {
  const { spelling } = names;
  const fields = Object.entries({ ...where, formats, uses }).map(
    ([name, value]) => `    ${name}: ${literal(value, spelling)},\n`,
  );
  const places = blocks.map(
    ({ population, range: [from, to], slot, stride }) =>
      `      place(${names.population(population)}, ${from}, ${to}, ${slot}, ${stride}),\n`,
  );
  return `core({\n${fields.join("")}    blocks: [\n${places.join("")}    ],\n  })`;
};

/** The cores and the program that puts the network on them. */
export const machineConstants = (names: Names, program: MachineProgram): readonly Constant[] => {
  const { name, schedule, arithmetic, populations, outputs } = program.network;
  const network = {
    name,
    schedule,
    arithmetic,
    populations: populations.map((p) => code(names.population(p.id))),
    projections: code("projections"),
    outputs: outputs.map((_, i) => code(`o${i}.readOut`)),
    spellings: [],
  };
  const { target, topology, barrier } = program;
  return [
    { name: "cores", value: entries(program.cores.map((c) => coreCall(names, c))) },
    {
      name: "program",
      value: `machine(${literal({ target, topology, barrier, cores: code("cores"), network }, names.spelling)})`,
    },
  ];
};
