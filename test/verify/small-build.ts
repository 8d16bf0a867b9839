import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loihi1 } from "../../backends/loihi1/index.ts";
import { spinnaker1 } from "../../backends/spinnaker1/index.ts";
import { named } from "../../compiler/diagnostics/index.ts";
import {
  conv,
  dense,
  type IntegerGraph,
  integers,
  makeInteger,
  makeTensor,
  reshaped,
  sha256,
  sizeOf,
} from "../../compiler/ir/index.ts";
import { buildFiles, buildTarget } from "../../compiler/pipeline/index.ts";
import type { Backend } from "../../compiler/target/index.ts";
import { randomFrom } from "../../compiler/testing/index.ts";
import { publish } from "../../runtime/files/index.ts";

const random = randomFrom(11);
const noise = (name: string, shape: readonly number[], most: number) =>
  integers(
    name,
    shape,
    Float64Array.from({ length: sizeOf(shape) }, () => random.between(-most, most)),
  );

/** An 8-bit image, a convolution, a pool, a dense read-out: every construction of a realized network. */
export const smallGraph = (): IntegerGraph => {
  const image = makeInteger("input", [], { name: "image", shape: [1, 6, 6], scale: [1], low: 0, high: 255 }, [
    named("image"),
  ]);
  const scale = [1];
  const first = conv([1, 6, 6], noise("w", [2, 1, 3, 3], 15), {
    pads: [
      [1, 1],
      [1, 1],
    ],
  });
  const sum = makeInteger("linear", [image], { map: first, bias: noise("b", [2], 400), scale }, [
    named("conv"),
  ]);
  const theta = integers("theta", [2], Float64Array.of(501, 733));
  const levels = makeInteger("neuron", [sum], { fn: { kind: "uniform", theta, low: 0, high: 15 }, scale }, [
    named("relu"),
  ]);
  const pool = makeInteger("maxPool", [levels], { kernel: [2, 2], strides: [2, 2] }, [named("pool")]);
  const flat = makeInteger("linear", [pool], { map: reshaped([2, 3, 3], [18]), bias: null, scale }, [
    named("flatten"),
  ]);
  const logits = makeInteger(
    "linear",
    [flat],
    { map: dense(noise("head", [3, 18], 40)), bias: noise("c", [3], 90), scale },
    [named("logits")],
  );
  return { name: "small", inputs: [image], outputs: [{ name: "logits", value: logits }] };
};

const floatStandIn = () => {
  const input = makeTensor("input", [], { name: "image", shape: [1, 6, 6] }, [named("image")]);
  return { name: "small", inputs: [input], outputs: [{ name: "logits", value: input }] };
};

/** Writes a build of the small graph into a new folder. */
export const writeSmallBuild = (backends: readonly Backend[] = [loihi1, spinnaker1]): string => {
  const integer = smallGraph();
  const build = {
    model: { name: "small", sha256: "" },
    preparation: { scale: 1, offset: 0 },
    float: floatStandIn(),
    host: null,
    integer,
    targets: backends.map((b) => buildTarget(integer, b, "auto")),
    warnings: [],
  };
  const folder = join(mkdtempSync(join(tmpdir(), "spikefold-verify-")), "build");
  publish(folder, buildFiles(build), { producer: "test" });
  return folder;
};

/** Writes changed bytes and repairs every hash that named the old ones, as a forger would. */
export const forge = (folder: string, path: string, change: (bytes: Uint8Array) => Uint8Array): void => {
  const old = readFileSync(join(folder, path));
  const fresh = change(new Uint8Array(old));
  writeFileSync(join(folder, path), fresh);
  const rename = (file: string, from: string, to: string): void => {
    const text = readFileSync(join(folder, file), "utf8");
    writeFileSync(join(folder, file), text.replaceAll(from, to));
  };
  rename("certificate.json", sha256(old), sha256(fresh));
  const certificate = readFileSync(join(folder, "certificate.json"));
  const manifest: { files: { path: string; bytes: number; sha256: string }[] } = JSON.parse(
    readFileSync(join(folder, "manifest.json"), "utf8"),
  );
  for (const file of manifest.files) {
    if (file.path === path) Object.assign(file, { bytes: fresh.length, sha256: sha256(fresh) });
    if (file.path === "certificate.json")
      Object.assign(file, { bytes: certificate.length, sha256: sha256(certificate) });
  }
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
};
