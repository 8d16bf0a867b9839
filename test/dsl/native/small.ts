import { floats, type Weight } from "../../../compiler/ir/index.ts";
import { type NativeNetwork, native } from "../../../compiler/native/index.ts";
import type { Files } from "../support.ts";

/** A program of one network in time. */
export const network = (body: string, input = "spikes[4]", output = "[4]", step = "step 1 ms"): string =>
  `network snn(x: ${input}) -> y: ${output} {\n  ${step}\n  ${body}\n}\n`;

export const flow = (stages: string, input = "spikes[4]", output = "[4]"): string =>
  network(`y = x -> ${stages}`, input, output);

export const one = (value: number): Weight => floats("p", [1], Float64Array.of(value));

export const square = floats("w", [4, 4], new Float64Array(16).fill(0.5), "f32");

export const chainOf = (...ops: readonly Parameters<typeof native.node>[1][]): NativeNetwork => {
  const names = ops.map((_, i) => `n${i}`);
  const nodes = ops.map((op, i) => native.node(names[i] ?? "", op));
  return native.nativeNetwork("file", nodes, native.path(...names));
};

export const lifs = (threshold: number): NativeNetwork =>
  chainOf(
    native.input([4]),
    native.affine(square),
    native.leakyIntegrateAndFire(one(0.02), { shape: [4], threshold: one(threshold) }),
    native.output(),
  );

export const fromNir = (model: NativeNetwork): Files => ({
  nir: { "w.nir": { kind: "native", network: model } },
});

export const inOrder = (stages: string, output = "[4]"): string =>
  network(`weights "w.nir" in order\n  y = x -> ${stages} -> read.count`, "spikes[4]", output);

export const plainLif = "LIF(tau: 20 ms, reset: soft)";
