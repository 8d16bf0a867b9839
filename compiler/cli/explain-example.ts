import { elaborateSpk, type SpkHost } from "../../dsl/index.ts";
import { type Diagnostic, orFaults } from "../diagnostics/index.ts";
import { programs } from "./explain-programs.ts";

const noFiles = (): never => {
  throw new Error("an example reads no files");
};

/** One chip whose spikes carry no value. */
const host: SpkHost = {
  readText: noFiles,
  readWeights: noFiles,
  readModel: noFiles,
  readNir: noFiles,
  targets: [{ name: "loihi1", modes: ["exact.spatial"], payloadBits: 0, options: [] }],
};

/** A program and what is said about it. */
export interface Example {
  readonly text: string;
  readonly said: Diagnostic;
}

const told = (text: string): readonly Diagnostic[] =>
  orFaults(() => elaborateSpk("example.spk", text, host).recipes.flatMap((recipe) => recipe.refused));

/** The example of a code, read as a program of a user's is; null where there is none. */
export const exampleFor = (code: string): Example | null => {
  const text = Object.hasOwn(programs, code) ? programs[code] : undefined;
  if (text === undefined) return null;
  const said = told(text).find((fault) => fault.code === code);
  return said === undefined ? null : { text, said };
};
