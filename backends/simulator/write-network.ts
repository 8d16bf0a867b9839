import type { StatementStructures } from "ts-morph";
import type { MachineProgram } from "../../compiler/ir/index.ts";
import { machineConstants, namesTable, networkConstants } from "./describe-network.ts";
import {
  inputsOf,
  inputTypes,
  isStreamed,
  mainCall,
  parametersOf,
  portOf,
  resultFields,
  runBody,
} from "./describe-run.ts";
import { literal } from "./literal.ts";
import { type Constant, namesOf } from "./names.ts";
import { profile } from "./target.ts";
import { tsMorph } from "./ts-morph.ts";
import { weightsTable } from "./weights-table.ts";

/** The program and the numbers that it reads. */
export interface Written {
  readonly code: string;
  /** The same without its types, ready to run. */
  readonly script: string;
  readonly weights: Uint8Array;
}

const header =
  "// Made by spikefold. network.ts: the program with its types; network.js: the same, to run: node network.js input.npy";

const values = [
  "core",
  "fitted",
  "linearMap",
  "listOf",
  "machine",
  "openWeights",
  "output",
  "place",
  "population",
  "project",
  "simulator",
  "stream",
  "streamSimulator",
];
const types = ["CycleReport", "Output", "Spikes", "Tensor"];

const strings = /"(?:[^"\\]|\\.)*"/g;

/** Functions of the runtime that the constants call; what stands inside a string literal is no call. */
const calledIn = (constants: readonly Constant[]): readonly string[] => {
  const text = constants.map((c) => c.value.replace(strings, "")).join("\n");
  return values.filter((name) => text.includes(`${name}(`));
};

type Morph = ReturnType<typeof tsMorph>;

const declared = ({ name, value }: Constant): string => `const ${name} = ${value};`;

const runStatements = ({ StructureKind }: Morph, program: MachineProgram): readonly StatementStructures[] => [
  ...inputTypes(program).map(
    ({ name, type }): StatementStructures => ({
      kind: StructureKind.TypeAlias,
      isExported: true,
      name,
      type,
    }),
  ),
  {
    kind: StructureKind.Interface,
    isExported: true,
    name: "Result",
    properties: resultFields(program).map(({ name, type, doc }) => ({
      name,
      type,
      isReadonly: true,
      docs: [doc],
    })),
  },
  {
    kind: StructureKind.Function,
    isExported: true,
    name: "run",
    docs: [isStreamed(program) ? "Runs one stream." : "Runs one sample of real numbers."],
    parameters: [...parametersOf(program)],
    returnType: "Result",
    statements: [...runBody(program)],
  },
];

const constantsOf = (program: MachineProgram, names: ReturnType<typeof namesOf>): readonly Constant[] => {
  const rest = [...networkConstants(names, program.network), ...machineConstants(names, program)];
  const weights = names.weightNames.size === 0 ? [] : [{ name: "w", value: weightsTable(names) }];
  const inputs = inputsOf(program).map(portOf);
  const make = isStreamed(program) ? "streamSimulator" : "simulator";
  const run = [
    { name: "profile", value: literal(profile, names.spelling) },
    { name: "simulate", value: `${make}(program, profile, [${inputs.join(", ")}])` },
  ];
  return [...weights, ...rest, ...run];
};

const withoutTypes = ({ ts }: Morph, code: string): string => {
  const { ES2022: target } = ts.ScriptTarget;
  const { ESNext: module } = ts.ModuleKind;
  const newLine = ts.NewLineKind.LineFeed;
  return ts.transpileModule(code, {
    compilerOptions: { target, module, newLine, verbatimModuleSyntax: true },
  }).outputText;
};

/** The TypeScript program of a mapped network, and its numbers. The same program gives the same bytes. */
export const writeNetwork = (program: MachineProgram): Written => {
  if (program.network.spellings.length > 0)
    throw new Error(
      "the simulator runs abstract codes and networks that spike by themselves, no realized ones",
    );
  const morph = tsMorph();
  const { IndentationText, Project, StructureKind } = morph;
  const names = namesOf(program.network);
  const constants = constantsOf(program, names);
  const called: readonly Constant[] = [...constants, { name: "main", value: mainCall(program) }];
  const imports = [...calledIn(called), "main"].sort();
  const statements: readonly (string | StatementStructures)[] = [
    header,
    {
      kind: StructureKind.ImportDeclaration,
      moduleSpecifier: "spikefold/runtime",
      namedImports: [
        ...types.map((name) => ({ name, isTypeOnly: true })),
        ...imports.map((name) => ({ name })),
      ],
    },
    "/** What the model calls the values and nodes behind each identifier. */",
    `export ${declared({ name: "names", value: namesTable(program.network) })}`,
    ...constants.map(declared),
    ...runStatements(morph, program),
    mainCall(program),
  ];
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces },
  });
  const code = project.createSourceFile("network.ts", { statements: [...statements] }).getFullText();
  return { code, script: withoutTypes(morph, code), weights: names.weights.bytes() };
};
