import { programArtifacts } from "../../compiler/formats/program/index.ts";
import type { MachineProgram } from "../../compiler/ir/index.ts";
import type { Artifact } from "../../compiler/target/index.ts";
import { resourcesOf } from "./resources.ts";

/** `program.json`, `program.bin` and `resources.json`. */
export const writeProgram = (program: MachineProgram): readonly Artifact[] => [
  ...programArtifacts(program),
  {
    path: "resources.json",
    bytes: () => [new TextEncoder().encode(`${JSON.stringify(resourcesOf(program))}\n`)],
  },
];
