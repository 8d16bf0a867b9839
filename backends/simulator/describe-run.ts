import type { MachineProgram, Population, Shape } from "../../compiler/ir/index.ts";

/** A field of an interface, or a parameter. */
export interface Field {
  readonly name: string;
  readonly type: string;
}

const tuple = (shape: Shape): string => `readonly [${shape.join(", ")}]`;

const tensorOf = (shape: Shape): string => `Tensor<${tuple(shape)}>`;

/** A tensor with an axis of steps in front. */
const streamOf = (shape: Shape): string => `Tensor<readonly [${["number", ...shape].join(", ")}]>`;

interface Indexed {
  readonly population: Population;
  readonly name: string;
}

const indexed = (program: MachineProgram): readonly Indexed[] =>
  program.network.populations.map((population, i) => ({ population, name: `p${i}` }));

/** True for programs of networks that spike by themselves: their samples are streams, and there are no levels. */
export const isStreamed = ({ network }: MachineProgram): boolean => network.schedule.kind === "clock";

/** Populations that the host sends for, with their identifiers. */
export const inputsOf = (program: MachineProgram): readonly Indexed[] =>
  indexed(program).filter(({ population: { model } }) => model.kind === "input" || model.kind === "events");

/** True where the data are values in every step; false where a code makes spikes of one value. */
const isStream = ({ model }: Population): boolean =>
  model.kind === "events" && (model.code === null || model.code.kind === "delta");

/** An input as the runtime takes its data. */
export const portOf = ({ population, name }: Indexed): string =>
  isStream(population) ? `stream(${name})` : name;

/** A type for each input: `Input`, or `Input0`, `Input1`, ... */
export const inputTypes = (program: MachineProgram): readonly Field[] => {
  const inputs = inputsOf(program);
  return inputs.map(({ population }, i) => ({
    name: inputs.length === 1 ? "Input" : `Input${i}`,
    type: isStream(population) ? streamOf(population.shape) : tensorOf(population.shape),
  }));
};

const record = (fields: readonly Field[]): string =>
  `{ ${fields.map(({ name, type }) => `readonly ${name}: ${type}`).join("; ")} }`;

/** Fields of the result of one sample. */
export const resultFields = (program: MachineProgram): readonly (Field & { readonly doc: string })[] => {
  const shapes = new Map(program.network.populations.map((p) => [p.id, p.shape]));
  const outputs = program.network.outputs.map((o, i) => ({
    name: `o${i}`,
    type: `Output<${tuple(shapes.get(o.from) ?? [])}>`,
  }));
  const levels = indexed(program).map(({ name, population }) => ({ name, type: tensorOf(population.shape) }));
  const spikes = levels.map(({ name }) => ({ name, type: "Spikes" }));
  return [
    { name: "outputs", type: record(outputs), doc: "What the network says." },
    ...(isStreamed(program)
      ? []
      : [
          {
            name: "levels",
            type: record(levels),
            doc: "Level of every population that sends, sum of one that is read.",
          },
        ]),
    { name: "spikes", type: record(spikes), doc: "Every message." },
    { name: "cost", type: "CycleReport", doc: "Steps, cycles, traffic and the busiest core." },
  ];
};

const each = (names: readonly string[], call: string): string =>
  `{ ${names.map((n) => `${n}: trace.${call}(${n})`).join(", ")} }`;

/** Parameters of `run`, in the order of the inputs. */
export const parametersOf = (program: MachineProgram): readonly Field[] => {
  const types = inputTypes(program);
  return types.map(({ name }, i) => ({ name: types.length === 1 ? "image" : `x${i}`, type: name }));
};

/** Statements of `run`. */
export const runBody = (program: MachineProgram): readonly string[] => {
  const names = indexed(program).map(({ name }) => name);
  const outputs = program.network.outputs.map((_, i) => `o${i}`);
  const given = parametersOf(program).map(({ name }) => name);
  return [
    `const trace = simulate(${given.join(", ")});`,
    [
      "return {",
      `  outputs: ${each(outputs, "output")},`,
      ...(isStreamed(program) ? [] : [`  levels: ${each(names, "level")},`]),
      `  spikes: ${each(names, "spikes")},`,
      "  cost: trace.cost,",
      "};",
    ].join("\n"),
  ];
};

/** The call that makes the module a program. */
export const mainCall = (program: MachineProgram): string => {
  const given = parametersOf(program)
    .map(({ name }) => name)
    .join(", ");
  const inputs = inputsOf(program).map(portOf);
  return `main(import.meta, { inputs: [${inputs.join(", ")}], names, run: ([${given}]) => run(${given}) });`;
};
