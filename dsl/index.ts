import type { Diagnostic } from "../compiler/diagnostics/index.ts";
import { makeContext } from "./elaborate/context.ts";
import type { SpkHost } from "./elaborate/host.ts";
import { layerWords } from "./elaborate/layers/table.ts";
import { elaborateFile, type SpkProgram } from "./elaborate/program.ts";
import { collectFaults, rejectFaults, untilEnough } from "./faults.ts";
import { libraryNames } from "./library/index.ts";
import { parseSource } from "./parse/parse.ts";
import { sourceOf } from "./source.ts";
import type { SpkTree } from "./syntax.ts";

export type { DataDescription, DataSource, EventFormat, RawType } from "./elaborate/data.ts";
export type { SpkHost, SpkModel, SpkTarget } from "./elaborate/host.ts";
export type { SpkProgram } from "./elaborate/program.ts";
export type {
  CalibrationSource,
  Metric,
  Recipe,
  Requirement,
  Scope,
  Step,
  TargetChoice,
} from "./elaborate/recipe/recipe.ts";
export type { SpkNetwork, TensorNetwork, TimeNetwork } from "./elaborate/spk-network.ts";
export { closest } from "./elaborate/suggest.ts";
export { formatSpk } from "./format/index.ts";
export type { SpkTree } from "./syntax.ts";

/** Every word that may stand as a stage: layers, and the blocks of the library. */
export const spkWords: readonly string[] = [...layerWords, ...libraryNames];

/** A file as written, and what could not be read of it. */
export interface ParsedSpk {
  readonly tree: SpkTree;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a text into its syntax tree. Never throws on a wrong text. */
export const parseSpk = (file: string, text: string): ParsedSpk => {
  const faults = collectFaults();
  const tree = untilEnough(() => parseSource(sourceOf(file, text), faults));
  return { tree: tree ?? { file, declarations: [] }, diagnostics: faults.all() };
};

/** Everything that is wrong with a file and its imports, as far as no weights are needed to know it. */
export const checkSpk = (file: string, text: string, host: SpkHost): readonly Diagnostic[] => {
  const faults = collectFaults();
  untilEnough(() => elaborateFile(makeContext(host, faults), file, text, false));
  return faults.all();
};

/**
 * Elaborates a file to its networks (tensor IR), data and recipes. `file` is the path that the host would read it from.
 * Shapes are checked before a weight is read. Throws Rejected with all faults.
 */
export const elaborateSpk = (file: string, text: string, host: SpkHost): SpkProgram => {
  const faults = collectFaults();
  const program = untilEnough(() => elaborateFile(makeContext(host, faults), file, text, true));
  return rejectFaults(faults, program);
};
