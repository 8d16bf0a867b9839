import { graphToJson, weightBinary } from "../formats/graph/index.ts";
import { weightEntry } from "../formats/graph/weights.ts";
import type { IntegerGraph, TensorGraph } from "../ir/index.ts";
import { integerLevel, type Json, sha256, tensorLevel, treeToJson } from "../ir/index.ts";
import type { Artifact } from "../target/index.ts";
import type { Build, TargetBuild, ValuePair } from "./build.ts";

/** JSON of ours: keys in the order given, one line per top-level list item would not pay; one line. */
const encode = (json: Json): Uint8Array => new TextEncoder().encode(`${JSON.stringify(json)}\n`);

const artifact = (path: string, bytes: Uint8Array): Artifact => ({ path, bytes: () => [bytes] });

const entriesJson = (binary: ReturnType<typeof weightBinary>): Json =>
  binary.entries().map((e) => treeToJson(weightEntry.toTree(e, binary.labels)));

/** The integer network as `<prefix>.json` and its numbers as `<binary>`. */
const integerFiles = (
  path: string,
  binaryPath: string,
  graph: IntegerGraph,
): readonly { readonly path: string; readonly bytes: Uint8Array }[] => {
  const binary = weightBinary();
  const json = graphToJson(integerLevel, graph, binary.labels);
  return [
    { path, bytes: encode({ format: "spikefold/integer@1", weights: entriesJson(binary), graph: json }) },
    { path: binaryPath, bytes: binary.bytes() },
  ];
};

const modelFiles = (build: Build): readonly { readonly path: string; readonly bytes: Uint8Array }[] => {
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
    { path: "model.json", bytes: encode(document) },
    { path: "model.bin", bytes: binary.bytes() },
  ];
};

const pairsJson = (pairs: readonly ValuePair[]): Json =>
  pairs.map(({ node, value }) => ({ node, value: String(value) }));

const targetCertificate = (
  target: TargetBuild,
  files: readonly { readonly path: string; readonly sha256: string }[],
): Json => ({
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
  files: files.map(({ path, sha256: hash }) => ({ path, sha256: hash })),
});

/** Holds the bytes of an artifact: they are hashed, validated and written, but made once. */
const held = ({ path, bytes }: Artifact): Artifact => {
  const chunks = [...bytes()];
  return { path, bytes: () => chunks };
};

/** Hash of an artifact's bytes. */
const hashOf = (file: Artifact): { readonly path: string; readonly sha256: string } => ({
  path: file.path,
  sha256: sha256(...file.bytes()),
});

const inFolder = (folder: string, files: readonly Artifact[]): readonly Artifact[] =>
  files.map((f) => ({ path: `${folder}/${f.path}`, bytes: f.bytes }));

/** All files of a build folder but the manifest, which the writer adds last. */
export const buildFiles = (build: Build): readonly Artifact[] => {
  const common = [...integerFiles("integer.json", "weights.bin", build.integer), ...modelFiles(build)];
  const folders = build.targets.map((target) => {
    const own = integerFiles("integer.json", "integer.bin", target.integer).map((f) =>
      artifact(f.path, f.bytes),
    );
    return {
      target,
      files: inFolder(target.backend.target.name, [
        ...own,
        ...target.backend.write(target.program).map(held),
      ]),
    };
  });
  const certificate: Json = {
    format: "spikefold/certificate@1",
    model: build.model,
    files: common.map(({ path, bytes }) => ({ path, sha256: sha256(bytes) })),
    targets: folders.map(({ target, files }) => targetCertificate(target, files.map(hashOf))),
  };
  return [
    ...common.map((f) => artifact(f.path, f.bytes)),
    ...folders.flatMap(({ files }) => files),
    artifact("certificate.json", encode(certificate)),
  ];
};
