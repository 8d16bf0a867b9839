import { simulator } from "../../../backends/simulator/index.ts";
import { programFiles, readProgram } from "../../../compiler/formats/program/index.ts";
import { item, type MachineProgram } from "../../../compiler/ir/index.ts";
import type { NativeNetwork } from "../../../compiler/native/index.ts";
import {
  compileNative,
  type NativeBuild,
  type NativeCompileOptions,
  nativeFiles,
} from "../../../compiler/pipeline/index.ts";
import type { Backend } from "../../../compiler/target/index.ts";

export const compiled = (
  network: NativeNetwork,
  options: Partial<NativeCompileOptions> = {},
  backends: readonly Backend[] = [simulator],
): NativeBuild =>
  compileNative({
    name: network.name,
    sha256: "0",
    network,
    backends,
    preparation: { scale: 1, offset: 0 },
    options: { profile: null, dt: null, reset: null, steps: null, ...options },
  });

/** Bytes of all files of a build, by path. */
export const bytesOf = (build: NativeBuild): ReadonlyMap<string, Buffer> =>
  new Map(nativeFiles(build).map(({ path, bytes }) => [path, Buffer.concat([...bytes()])]));

/** The program of the first target, read back from its files. */
export const emitted = (build: NativeBuild): MachineProgram => {
  const folder = item(build.targets, 0).backend.target.name;
  const files = bytesOf(build);
  const read = (name: string): Buffer => files.get(`${folder}/${name}`) ?? Buffer.alloc(0);
  return readProgram(read(programFiles.json), read(programFiles.binary));
};
