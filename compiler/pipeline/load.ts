import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Semantics } from "../convert/modes.ts";
import { inFile, Rejected } from "../diagnostics/index.ts";
import { graphFromJson, weightSource } from "../formats/graph/index.ts";
import { weightEntry } from "../formats/graph/weights.ts";
import {
  IllTyped,
  type IntegerGraph,
  integerLevel,
  type Json,
  jsonToTree,
  type PopulationId,
  populationId,
  SchemaError,
  type Source,
  schema,
  type TensorGraph,
  tensorLevel,
} from "../ir/index.ts";
import type { ModeName } from "../target/index.ts";
import { modeNames } from "../target/index.ts";
import type { Preparation, ValuePair } from "./build.ts";
import { pipelineDiagnostics } from "./diagnostics.ts";

/** A target of a build folder, as its certificate describes it. */
export interface LoadedTarget {
  readonly name: string;
  readonly mode: ModeName;
  readonly semantics: Semantics;
  readonly pairs: readonly ValuePair[];
  readonly steps: number;
}

/** What `run`, `simulate` and `inspect` need of every build folder. */
interface LoadedCommon {
  readonly folder: string;
  readonly model: string;
  readonly preparation: Preparation;
  readonly targets: readonly LoadedTarget[];
}

/** The same of an exact build, with its networks. */
export interface LoadedExact extends LoadedCommon {
  readonly kind: "exact";
  readonly float: TensorGraph;
  readonly host: TensorGraph | null;
  readonly integer: IntegerGraph;
}

/** The same of a native build: its networks lie in the programs of its targets. */
export interface LoadedNative extends LoadedCommon {
  readonly kind: "native";
}

export type LoadedBuild = LoadedExact | LoadedNative;

const isJsonObject = (json: Json | undefined): json is { readonly [key: string]: Json } =>
  typeof json === "object" && json !== null && !Array.isArray(json);

const noWeights: Source = {
  weight: (label) => {
    throw new SchemaError(`no weight ${label} is expected`);
  },
};

const { record, text, int, float, list, word } = schema;

const certificateTarget = {
  name: text,
  mode: word(...modeNames),
  semantics: record({ comparator: text, reset: text, rounding: text }),
  steps: int,
  pairs: list(record({ node: int, value: text })),
};

const preparationSchema = record({ scale: float, offset: float });

const fieldOf = (json: Json | undefined, name: string): Json => {
  const field = isJsonObject(json) ? json[name] : undefined;
  if (field === undefined) throw new SchemaError(`field ${name} is missing`);
  return field;
};

/** A document of one of some formats. */
const formatted = (folder: string, file: string, ...formats: readonly string[]): Json => {
  const json: Json = JSON.parse(readFileSync(join(folder, file), "utf8"));
  if (!formats.some((format) => fieldOf(json, "format") === format))
    throw new SchemaError(`${file} is no ${formats.join(" or ")}`);
  return json;
};

const sourceOf = (json: Json, folder: string, binary: string): Source => {
  const entries = list(weightEntry).fromTree(jsonToTree(fieldOf(json, "weights")), noWeights);
  return weightSource(entries, readFileSync(join(folder, binary)));
};

const targetOf = (json: Json): LoadedTarget => {
  const read = (name: keyof typeof certificateTarget): Json => fieldOf(json, name);
  const take = <T>(name: keyof typeof certificateTarget, attr: schema.Attr<T>): T =>
    attr.fromTree(jsonToTree(read(name)), noWeights);
  return {
    name: take("name", certificateTarget.name),
    mode: take("mode", certificateTarget.mode),
    semantics: take("semantics", certificateTarget.semantics),
    steps: take("steps", certificateTarget.steps),
    pairs: take("pairs", certificateTarget.pairs).map(
      ({ node, value }): { node: number; value: PopulationId } => ({ node, value: populationId.of(value) }),
    ),
  };
};

const nativeFormat = "spikefold/native@1";

const loadAll = (folder: string): LoadedBuild => {
  const model = formatted(folder, "model.json", "spikefold/model@1", nativeFormat);
  const certificate = formatted(folder, "certificate.json", "spikefold/certificate@1");
  const targets = fieldOf(certificate, "targets");
  const common = {
    folder,
    model: text.fromTree(jsonToTree(fieldOf(fieldOf(model, "model"), "name")), noWeights),
    preparation: preparationSchema.fromTree(jsonToTree(fieldOf(model, "preparation")), noWeights),
    targets: Array.isArray(targets) ? targets.map(targetOf) : [],
  };
  if (fieldOf(model, "format") === nativeFormat) return { kind: "native", ...common };
  const integer = formatted(folder, "integer.json", "spikefold/integer@1");
  const floats = sourceOf(model, folder, "model.bin");
  const host = fieldOf(model, "host");
  return {
    kind: "exact",
    ...common,
    float: graphFromJson(tensorLevel, fieldOf(model, "float"), floats),
    host: host === null ? null : graphFromJson(tensorLevel, host, floats),
    integer: graphFromJson(integerLevel, fieldOf(integer, "graph"), sourceOf(integer, folder, "weights.bin")),
  };
};

/** Reads a build folder whose manifest was checked. Throws Rejected when a file of it is damaged. */
export const loadBuild = (folder: string): LoadedBuild => {
  try {
    return loadAll(folder);
  } catch (error) {
    if (
      error instanceof SchemaError ||
      error instanceof IllTyped ||
      error instanceof RangeError ||
      error instanceof SyntaxError
    )
      throw new Rejected([
        pipelineDiagnostics.report("build-damaged", inFile(folder), { why: error.message }),
      ]);
    throw error;
  }
};
