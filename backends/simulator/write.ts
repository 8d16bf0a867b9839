import { programArtifacts } from "../../compiler/formats/program/index.ts";
import type { MachineProgram } from "../../compiler/ir/index.ts";
import type { Artifact } from "../../compiler/target/index.ts";
import { weightsFile } from "./weights-table.ts";
import { writeNetwork } from "./write-network.ts";
import { projectFiles } from "./write-project.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const artifact = (path: string, make: () => Uint8Array): Artifact => ({ path, bytes: () => [make()] });

/** The common program files, the TypeScript program with its numbers, and what `npx tsc -p` needs to check it. */
export const writeSimulator = (program: MachineProgram): readonly Artifact[] => {
  const { code, script, weights } = writeNetwork(program);
  return [
    ...programArtifacts(program),
    artifact("network.ts", () => encode(code)),
    artifact("network.js", () => encode(script)),
    artifact(weightsFile, () => weights),
    ...[...projectFiles].map(([path, text]) => artifact(path, () => encode(text))),
  ];
};
