import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromNative, writeNir } from "../../compiler/formats/nir/index.ts";
import type { NativeNetwork } from "../../compiler/native/index.ts";
import { native } from "../../compiler/native/index.ts";
import { writeNpy, writeNpz } from "../../runtime/files/index.ts";
import { list, matrix } from "../native/support.ts";

/** Three inputs, two leaky neurons: neuron 0 likes input 0, neuron 1 inputs 1 and 2. */
export const twoNeurons = (input: readonly number[] = [3]): NativeNetwork => {
  const { nativeNetwork, node, path } = native;
  return nativeNetwork(
    "two",
    [
      node("input", native.input(input)),
      node("in", native.flatten()),
      node(
        "w",
        native.affine(
          matrix([
            [0.6, -0.1, 0],
            [-0.2, 0.4, 0.4],
          ]),
        ),
      ),
      node("lif", native.leakyIntegrateAndFire(list(8e-3, 8e-3), { r: list(8, 8), threshold: list(1, 1) })),
      node("output", native.output()),
    ],
    path("input", "in", "w", "lif", "output"),
  );
};

export const writeModel = (folder: string, name: string, network: NativeNetwork): string => {
  const path = join(folder, name);
  writeFileSync(path, writeNir(fromNative(network)));
  return path;
};

const array = (shape: readonly number[], data: readonly number[]) => ({
  shape,
  dtype: "f32" as const,
  data: Float32Array.from(data),
});

export const writeArray = (
  folder: string,
  name: string,
  shape: readonly number[],
  data: readonly number[],
): string => {
  const path = join(folder, name);
  writeFileSync(path, writeNpy(array(shape, data)));
  return path;
};

export const writeArrays = (
  folder: string,
  name: string,
  arrays: Readonly<Record<string, readonly number[]>>,
): string => {
  const path = join(folder, name);
  const entries = Object.entries(arrays).map(([key, data]) => [key, array([data.length], data)] as const);
  writeFileSync(path, writeNpz(new Map(entries)));
  return path;
};

/** Spikes of two samples in ten steps: the first at input 0, the second at inputs 1 and 2. */
export const spikes = (step: number): readonly (readonly number[])[] => [
  [step % 2, 0, 0],
  [0, 1, step % 3 === 0 ? 1 : 0],
];

export const steps = 10;

/** The streams of `spikes` as [samples, steps, 3]. */
export const streamData = [0, 1].flatMap((sample) =>
  Array.from({ length: steps }, (_, t) => spikes(t)[sample] ?? []).flat(),
);
