import type { weightBinary } from "../formats/graph/index.ts";
import { weightEntry } from "../formats/graph/weights.ts";
import { type Json, sha256, treeToJson } from "../ir/index.ts";
import type { Artifact } from "../target/index.ts";

/** A file with its bytes. */
export interface FileBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** JSON of ours: keys in the order given, one line per top-level list item would not pay; one line. */
export const encodeJson = (json: Json): Uint8Array => new TextEncoder().encode(`${JSON.stringify(json)}\n`);

/** Where the weights of a binary lie. */
export const entriesJson = (binary: ReturnType<typeof weightBinary>): Json =>
  binary.entries().map((e) => treeToJson(weightEntry.toTree(e, binary.labels)));

const artifact = ({ path, bytes }: FileBytes): Artifact => ({ path, bytes: () => [bytes] });

/** Holds the bytes of an artifact: they are hashed, validated and written, but made once. */
const held = ({ path, bytes }: Artifact): Artifact => {
  const chunks = [...bytes()];
  return { path, bytes: () => chunks };
};

const hashOf = (file: Artifact): { readonly path: string; readonly sha256: string } => ({
  path: file.path,
  sha256: sha256(...file.bytes()),
});

/** The part of a target in a build: what we know of it, what its back end wrote, and its lines in the certificate. */
export interface TargetPart {
  readonly folder: string;
  readonly own: readonly FileBytes[];
  readonly written: readonly Artifact[];
  readonly certificate: { readonly [key: string]: Json };
}

/** All files of a build folder but the manifest, which the writer adds last. */
export const assembleBuild = (
  model: { readonly name: string; readonly sha256: string },
  common: readonly FileBytes[],
  parts: readonly TargetPart[],
): readonly Artifact[] => {
  const folders = parts.map(({ folder, own, written, certificate }) => ({
    certificate,
    files: [...own.map(artifact), ...written.map(held)].map((f) => ({
      path: `${folder}/${f.path}`,
      bytes: f.bytes,
    })),
  }));
  const certificate: Json = {
    format: "spikefold/certificate@1",
    model: { name: model.name, sha256: model.sha256 },
    files: common.map(({ path, bytes }) => ({ path, sha256: sha256(bytes) })),
    targets: folders.map((f) => ({ ...f.certificate, files: f.files.map(hashOf) })),
  };
  return [
    ...common.map(artifact),
    ...folders.flatMap(({ files }) => files),
    artifact({ path: "certificate.json", bytes: encodeJson(certificate) }),
  ];
};
