import { graphToJson, weightBinary } from "../formats/graph/index.ts";
import type { IntegerGraph, TensorGraph } from "../ir/index.ts";
import { integerLevel, type Json, tensorLevel } from "../ir/index.ts";
import type { Artifact } from "../target/index.ts";
import { assembleBuild, encodeJson, entriesJson, type FileBytes } from "./assemble.ts";
import type { Build, TargetBuild, ValuePair } from "./build.ts";

/** The integer network as `<prefix>.json` and its numbers as `<binary>`. */
const integerFiles = (path: string, binaryPath: string, graph: IntegerGraph): readonly FileBytes[] => {
  const binary = weightBinary();
  const json = graphToJson(integerLevel, graph, binary.labels);
  return [
    { path, bytes: encodeJson({ format: "spikefold/integer@1", weights: entriesJson(binary), graph: json }) },
    { path: binaryPath, bytes: binary.bytes() },
  ];
};

const modelFiles = (build: Build): readonly FileBytes[] => {
  const binary = weightBinary();
  const tensor = (graph: TensorGraph): Json => graphToJson(tensorLevel, graph, binary.labels);
  const float = tensor(build.float);
  const host = build.host === null ? null : tensor(build.host);
  const { scale, offset } = build.preparation;
  const document: Json = {
    format: "spikefold/model@1",
    model: { name: build.model.name, sha256: build.model.sha256 },
    preparation: { scale, offset },
    weights: entriesJson(binary),
    float,
    host,
  };
  return [
    { path: "model.json", bytes: encodeJson(document) },
    { path: "model.bin", bytes: binary.bytes() },
  ];
};

const pairsJson = (pairs: readonly ValuePair[]): Json =>
  pairs.map(({ node, value }) => ({ node, value: String(value) }));

const targetCertificate = (target: TargetBuild): { readonly [key: string]: Json } => ({
  name: target.backend.target.name,
  mode: target.mode,
  theorem: target.theorem,
  semantics: {
    comparator: target.semantics.comparator,
    reset: target.semantics.reset,
    rounding: target.semantics.rounding,
  },
  steps: target.steps,
  spikeBound: target.spikeBound,
  pairs: pairsJson(target.pairs),
  ownPairs: pairsJson(target.ownPairs),
  obligations: target.obligations.map(({ id, layer, status, evidence }) => ({ id, layer, status, evidence })),
});

/** All files of a build folder but the manifest, which the writer adds last. */
export const buildFiles = (build: Build): readonly Artifact[] =>
  assembleBuild(
    build.model,
    [...integerFiles("integer.json", "weights.bin", build.integer), ...modelFiles(build)],
    build.targets.map((target) => ({
      folder: target.backend.target.name,
      own: integerFiles("integer.json", "integer.bin", target.integer),
      written: target.backend.write(target.program),
      certificate: targetCertificate(target),
    })),
  );
