import { weightBinary } from "../../formats/graph/index.ts";
import {
  type Json,
  network as networkFields,
  type SpikingNetwork,
  schema,
  treeToJson,
} from "../../ir/index.ts";
import type { Artifact } from "../../target/index.ts";
import { assembleBuild, encodeJson, entriesJson, type FileBytes } from "../assemble.ts";
import type { Dynamics, NativeBuild, NativeTargetBuild } from "./build.ts";

const dynamicsJson = ({ profile, dt, reset, steps }: Dynamics): Json => ({ profile, dt, reset, steps });

/** The network of a target before it was put on cores, as `network.json` and its numbers as `network.bin`. */
const networkFiles = (network: SpikingNetwork): readonly FileBytes[] => {
  const binary = weightBinary();
  const fields = schema.fieldsToTree(networkFields, network, binary.labels);
  const tree = treeToJson({ kind: null, fields });
  const document: Json = { format: "spikefold/network@1", weights: entriesJson(binary), network: tree };
  return [
    { path: "network.json", bytes: encodeJson(document) },
    { path: "network.bin", bytes: binary.bytes() },
  ];
};

const modelFile = ({ model, preparation, targets }: NativeBuild): FileBytes => ({
  path: "model.json",
  bytes: encodeJson({
    format: "spikefold/native@1",
    model: { name: model.name, sha256: model.sha256 },
    preparation: { scale: preparation.scale, offset: preparation.offset },
    dynamics: targets.map((t) => ({ target: t.backend.target.name, ...t.dynamics })),
  }),
});

const comparators = { above: ">", reached: ">=" } as const;

const certificateOf = (target: NativeTargetBuild): { readonly [key: string]: Json } => {
  const { network, dynamics } = target;
  const models = network.populations.flatMap((p) => (p.model.kind === "membrane" ? [p.model] : []));
  const rounding = network.arithmetic.kind === "fixed" ? network.arithmetic.rounding : "none: doubles";
  return {
    name: target.backend.target.name,
    mode: "native",
    theorem: "none",
    semantics: {
      comparator: [...new Set(models.map((m) => comparators[m.comparator]))].join(", "),
      reset: [...new Set(models.map((m) => m.reset.kind))].join(", "),
      rounding,
    },
    dynamics: dynamicsJson(dynamics),
    steps: dynamics.steps,
    spikeBound: target.spikeBound,
    pairs: [],
    obligations: target.obligations.map(({ id, layer, status, evidence }) => ({
      id,
      layer,
      status,
      evidence,
    })),
  };
};

/** All files of a native build folder but the manifest, which the writer adds last. */
export const nativeFiles = (build: NativeBuild): readonly Artifact[] =>
  assembleBuild(
    build.model,
    [modelFile(build)],
    build.targets.map((target) => ({
      folder: target.backend.target.name,
      own: networkFiles(target.network),
      written: [...target.backend.write(target.program), ...target.exchanged],
      certificate: certificateOf(target),
    })),
  );
