import { floats, type Population, type PopulationId } from "../../compiler/ir/index.ts";
import {
  type LoweredNative,
  lowerNative,
  type NativeNetwork,
  type NativeOptions,
  native,
} from "../../compiler/native/index.ts";

export const one = (value: number) => floats("p", [1], Float64Array.of(value));

export const list = (...values: readonly number[]) => floats("p", [values.length], Float64Array.from(values));

export const matrix = (rows: readonly (readonly number[])[]) =>
  floats("w", [rows.length, rows[0]?.length ?? 0], Float64Array.from(rows.flat()));

/** input, one layer of `op`, output. */
export const single = (op: ReturnType<typeof native.join>, size = 1): NativeNetwork =>
  native.nativeNetwork(
    "single",
    [
      native.node("input", native.input([size])),
      native.node("layer", op),
      native.node("output", native.output()),
    ],
    native.path("input", "layer", "output"),
  );

export const lower = (network: NativeNetwork, options: Partial<NativeOptions> = {}): LoweredNative =>
  lowerNative(network, { profile: "euler", dt: 1e-3, reset: null, ...options });

export const populationOf = ({ network, populations }: LoweredNative, name: string): Population => {
  const found = network.populations.find((p) => p.id === populations.get(name));
  if (found === undefined) throw new Error(`no population for ${name}`);
  return found;
};

export const idOf = (lowered: LoweredNative, name: string): PopulationId => populationOf(lowered, name).id;
